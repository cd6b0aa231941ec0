import { openRepositories } from '#git/repositories.ts';
import { publicHttps, type TransportOptions } from '#git/transport.ts';
import type { Repositories, RepositoryLimits } from '#kernel/repositories.ts';

export const LIMITS: RepositoryLimits = {
  seconds: 10,
  maxBytes: 8_000_000,
  maxObjects: 5_000,
  maxObjectBytes: 2_000_000,
  maxUnpackedBytes: 20_000_000,
};

/** What reaches servers on the loopback, by any name. */
export const loopback: TransportOptions = {
  protocol: 'http:',
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  isPublic: (address) => address === '127.0.0.1',
};

/** As in production, but for where names lead: this machine counts as public. */
export const secureLoopback: TransportOptions = {
  ...publicHttps,
  resolve: loopback.resolve,
  isPublic: loopback.isPublic,
};

export interface Fetched {
  readonly commit: string;
  /** Contents of files as text; `directory` and `other` for what is none. */
  readonly tree: Readonly<Record<string, string>>;
}

/** Fetches a repository and reads all of it. */
export async function fetchAll(
  url: string,
  {
    ref,
    limits = {},
    repositories = openRepositories(loopback),
  }: {
    readonly ref?: string;
    readonly limits?: Partial<RepositoryLimits>;
    readonly repositories?: Repositories;
  } = {},
): Promise<Fetched> {
  const source = { url, ...(ref === undefined ? {} : { ref }) };
  const { commit, entries } = await repositories.fetchTree(source, { ...LIMITS, ...limits });
  const tree: Record<string, string> = {};
  for await (const { name, kind, size, read } of entries()) {
    const bytes = await read();
    if (bytes.byteLength !== size) throw new Error(`The size of ${name} is a lie.`);
    tree[name] = kind === 'file' ? Buffer.from(bytes).toString() : kind;
  }
  return { commit, tree };
}
