import { unavailable } from '#kernel/errors.ts';
import {
  type Repositories,
  RepositoryRefused,
  type RepositorySource,
} from '#kernel/repositories.ts';
import { openObjects } from './objects.ts';
import { openRemote, type Remote } from './remote.ts';
import { openConnection, publicHttps, type TransportOptions } from './transport.ts';
import { entriesOf, treeOf } from './tree.ts';

/** The commit that is meant: a branch comes before a tag of the same name. */
async function commitOf(remote: Remote, { ref }: RepositorySource): Promise<string> {
  if (ref !== undefined && /^[0-9a-f]{40}$/.test(ref)) return ref;
  const names =
    ref === undefined
      ? ['HEAD']
      : ref.startsWith('refs/')
        ? [ref]
        : ['heads', 'tags'].map((kind) => `refs/${kind}/${ref}`);
  const refs = await remote.refs(names);
  const [commit] = names.flatMap((name) => refs.get(name) ?? []);
  if (commit !== undefined) return commit;
  throw new RepositoryRefused(
    ref === undefined
      ? 'it has no default branch, or is empty'
      : `it has no branch or tag "${ref}"; a commit is named by all 40 digits of its id`,
  );
}

/** A signal that tells, once the time is over, that it is. */
function deadline(seconds: number) {
  const over = new AbortController();
  const message = `The host of the repository took longer than ${seconds} s; try again later.`;
  setTimeout(() => over.abort(unavailable(message)), seconds * 1_000).unref();
  return over.signal;
}

/** Repositories by git's own protocol over HTTPS, in memory. */
export function openRepositories(transport: TransportOptions = publicHttps): Repositories {
  return {
    async fetchTree(source, limits) {
      const signal = deadline(limits.seconds);
      const { maxBytes } = limits;
      const connection = await openConnection(new URL(source.url), transport, { signal, maxBytes });
      try {
        const remote = await openRemote(connection, source.url);
        const commit = await commitOf(remote, source);
        const objects = await openObjects(await remote.pack(commit), limits, signal);
        const tree = treeOf(await objects.read(commit, 'commit'));
        return { commit, entries: () => entriesOf(objects, tree) };
      } finally {
        connection.close();
      }
    },
  };
}
