import { readEntries, UPLOAD_LIMITS } from '#archives/read-archive.ts';
import type { Context } from '#kernel/context.ts';
import type { RepositoryLimits, RepositorySource } from '#kernel/repositories.ts';
import { createTurns } from '#kernel/turns.ts';
import { importFailed } from './failed.ts';
import { type ImportSource, orRefused } from './source.ts';

const MIB = 1024 * 1024;
const MAX_URL = 2_000;

/** Entries that are the same are one object; the commit and its root come with them. */
const LIMITS: RepositoryLimits = {
  seconds: 20,
  maxBytes: 100 * MIB,
  maxObjects: UPLOAD_LIMITS.maxEntries + 2,
  maxObjectBytes: UPLOAD_LIMITS.maxFileBytes ?? UPLOAD_LIMITS.maxBytes,
  maxUnpackedBytes: UPLOAD_LIMITS.maxBytes,
};

/** A path as hosts of repositories have them: letters of no meaning to anybody on the way. */
const SEGMENT = /^[\w~-][\w.~-]*$/;

/** What git lets no ref hold, and what a command line would take for an option. */
const isRef = (ref: string): boolean =>
  ref.length <= 250 &&
  !/[\s\p{Cc}~^:?*[\\]|\.\.|@\{|^-/u.test(ref) &&
  ref.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));

const refused = (reason: string) => importFailed('gitUrl:', reason);

function refOf(hash: string): string | undefined {
  if (hash === '') return undefined;
  let ref = '';
  try {
    ref = decodeURIComponent(hash.slice(1));
  } catch {
    // Empty, so it is refused with the others.
  }
  if (!isRef(ref)) throw refused('What follows # must be a branch, a tag or a commit.');
  return ref;
}

/** What a URL means, `https://<allowed host>/<path>[#<branch, tag or commit>]`. */
export function repositoryAt(text: string, hosts: readonly string[]): RepositorySource {
  if (hosts.length === 0) {
    throw refused(
      'No host of git repositories is allowed here; upload an archive instead. Whoever runs this ' +
        `deployment can allow some: -c 'gitHosts=["github.com"]', or --git-host on one machine.`,
    );
  }
  const isPlain = text.length <= MAX_URL && /^https:\/\/(?!\/)[^\s\p{Cc}\\]+$/iu.test(text);
  const url = isPlain && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') {
    throw refused('It must be https://<host>/<path> with no user in it.');
  }
  const { hostname, port, pathname, search, hash } = url;
  if (!hosts.includes(hostname) || port !== '') {
    const shown = `${hostname}${port === '' ? '' : `:${port}`}`.slice(0, 100);
    throw refused(`The host ${shown} is not allowed here, only: ${hosts.join(', ')}.`);
  }
  const path = pathname.replace(/\/$/, '').slice(1);
  if (search !== '' || !path.split('/').every((segment) => SEGMENT.test(segment))) {
    throw refused('It must be the URL of a repository, not of a file, an archive or a page.');
  }
  const ref = refOf(hash);
  return { url: `https://${hostname}/${path}`, ...(ref === undefined ? {} : { ref }) };
}

/** Each holds its pack in memory. */
const fetchingTurn = createTurns(2, 8, 'Too many repositories are being fetched; try again.');

/** Fetches a repository from one of the hosts that are allowed. */
export async function openGitSource(
  { settings, repositories }: Context,
  url: string,
): Promise<ImportSource> {
  const source = repositoryAt(url, settings.gitHosts ?? []);
  const tree = await fetchingTurn(() =>
    orRefused(() => repositories.fetchTree(source, LIMITS), 'repository'),
  );
  return {
    hash: tree.commit,
    read: (wanted) => orRefused(() => readEntries(tree.entries(), wanted), 'repository'),
  };
}
