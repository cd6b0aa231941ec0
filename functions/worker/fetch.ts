import { rm } from 'node:fs/promises';
import type { JobClaim } from '#domain/jobs/protocol.ts';
import { ArchiveRefused, type EntryLimits } from '#kernel/archive-entries.ts';
import { DownloadRefused, downloadTo } from './download.ts';
import { JobFailure } from './failure.ts';
import { HttpFailure } from './http.ts';
import { explain } from './log.ts';
import { BUNDLE_LIMITS, unpack } from './unpack.ts';
import type { JobDirs } from './work-dir.ts';

const MAX_BUNDLE_BYTES = 100 * 1024 ** 2;

export interface Preparation<C extends JobClaim = JobClaim> {
  readonly apiUrl: string;
  readonly claim: C;
  readonly dirs: JobDirs;
}

export type Fetch = (signal: AbortSignal) => Promise<void>;

/** A bundle of plugins, unpacked into an empty folder. */
export function bundle(
  preparation: Preparation,
  what: string,
  path: string,
  target: string,
): Fetch {
  return (signal) =>
    explained(what, signal, () =>
      fetchArchive(preparation, path, target, MAX_BUNDLE_BYTES, BUNDLE_LIMITS, signal),
    );
}

/** A file of the API into a new file here. */
export const download = (
  { apiUrl, claim }: Preparation,
  file: string,
  wish: { readonly path: string; readonly maxBytes: number },
  signal: AbortSignal,
): Promise<void> => downloadTo(file, { apiUrl, token: claim.jobToken, ...wish }, signal);

/** An archive of the API, unpacked into an empty folder. */
export async function fetchArchive(
  preparation: Preparation,
  path: string,
  target: string,
  maxBytes: number,
  limits: EntryLimits,
  signal: AbortSignal,
): Promise<void> {
  const archive = `${target}.archive`;
  await download(preparation, archive, { path, maxBytes }, signal);
  await unpack(archive, target, limits, signal);
  await rm(archive);
}

/** Names what failed; errors of other kinds are the worker's own and pass. */
export async function explained(
  what: string,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    signal.throwIfAborted();
    const known = [HttpFailure, DownloadRefused, ArchiveRefused];
    if (!known.some((kind) => error instanceof kind)) throw error;
    const message = `Preparing failed for ${what}: ${explain(error)}`;
    throw new JobFailure('runtime_error', message, { cause: error });
  }
}
