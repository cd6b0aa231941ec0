import type { PackedEntry } from './archive-entries.ts';

/** What to fetch: a repository, and the branch, tag or commit of it (its default branch when missing). */
export interface RepositorySource {
  /** `https://<host>/<path>`, nothing else in it. */
  readonly url: string;
  readonly ref?: string;
}

export interface RepositoryLimits {
  /** Until the last entry has been read. */
  readonly seconds: number;
  /** Of everything that the host sends. */
  readonly maxBytes: number;
  /** Files and folders that differ from each other. */
  readonly maxObjects: number;
  readonly maxObjectBytes: number;
  /** Of all that was fetched, unpacked. */
  readonly maxUnpackedBytes: number;
}

/** The files of one commit. */
export interface RepositoryTree {
  readonly commit: string;
  /** From the first each time; links are `other`, submodules empty folders. */
  readonly entries: () => AsyncIterable<PackedEntry>;
}

/** Public repositories elsewhere. Who may be asked is up to the caller. */
export interface Repositories {
  /**
   * Fetches one commit without its history, from public addresses alone. Throws
   * `RepositoryRefused`, and `unavailable` where another try may help.
   */
  fetchTree(source: RepositorySource, limits: RepositoryLimits): Promise<RepositoryTree>;
}

/** Where nothing can be fetched. */
export const noRepositories: Repositories = {
  fetchTree: async () => {
    throw new RepositoryRefused('repositories cannot be fetched here');
  },
};

/** The repository is not there, or not what may be fetched; the message says what it is. */
export class RepositoryRefused extends Error {
  override readonly name = 'RepositoryRefused';
}
