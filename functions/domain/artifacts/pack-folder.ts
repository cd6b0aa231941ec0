import { setTimeout as sleep } from 'node:timers/promises';
import { archiveOf, type FileType, packingTurn } from '#domain/archives/index.ts';
import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { archiveOfFolder, type Folder, type FolderArchive, folderFiles } from './folder.ts';
import {
  endPacking,
  failPacking,
  giveBackLease,
  type PackingLease,
  type PackingRow,
  takeBackLease,
  takeLease,
} from './packing.items.ts';

export interface PackingLimits {
  /** Folders up to so much are packed while the caller waits… */
  readonly bytes: number;
  readonly files: number;
  /** …and given up after so long: the gateway ends an answer after 30 s. */
  readonly ms: number;
}

const WHILE_THE_CALLER_WAITS: PackingLimits = { bytes: 1024 ** 3, files: 10_000, ms: 20_000 };
const LEASE_SECONDS = 30;
/** From the start of background work to its first sign of life. */
const START_SECONDS = 60;
const MAX_ATTEMPTS = 3;
export const FAILURE_SECONDS = 900;
const RETRY_SECONDS = 5;
const LOOK_MS = 500;

/** Makes the archive of a folder, a few chunks in memory at a time; whole or not at all. */
export const writeArchive = (
  ctx: Context,
  folder: Folder,
  { key, contentType, type }: FolderArchive,
  signal: AbortSignal,
): Promise<unknown> =>
  ctx.blobs.putStream(key, archiveOf(folderFiles(ctx.blobs, folder), type), {
    contentType,
    signal,
  });

const beingMade = (): AppError =>
  new AppError('unavailable', 'The archive of the directory is being made; ask for it again.', {
    reason: 'archive_being_made',
    retryAfter: RETRY_SECONDS,
  });

const failedBefore = (failure: string): AppError =>
  new AppError(
    'too_large',
    `The directory could not be packed: ${failure} Fetch its files one by one with path.`,
    { reason: 'archive_failed' },
  );

const isThere = async (ctx: Context, { key }: FolderArchive): Promise<boolean> =>
  (await ctx.blobs.head(key)) !== undefined;

/** Packs under a lease; whether the archive is there then. */
async function packUnderLease(
  ctx: Context,
  folder: Folder,
  archive: FolderArchive,
  row: PackingRow,
  ms: number,
): Promise<boolean> {
  const packing = { name: archive.name, owner: row.owner };
  const signal = AbortSignal.timeout(ms);
  try {
    // Whoever had the lease before may have been done while we waited for it.
    if (!(await isThere(ctx, archive))) await writeArchive(ctx, folder, archive, signal);
    await endPacking(ctx, packing);
    return true;
  } catch (error) {
    await giveBackLease(ctx, packing, { background: signal.aborted });
    if (signal.aborted) return false;
    throw error;
  }
}

/** Waits while somebody else packs; whether the archive is there then. */
async function packedByOthers(ctx: Context, archive: FolderArchive, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms; waited += LOOK_MS) {
    await sleep(LOOK_MS);
    if (await isThere(ctx, archive)) return true;
  }
  return false;
}

/** Packs while the caller waits, unless somebody does; whether the archive is there then. */
async function packNow(
  ctx: Context,
  folder: Folder,
  archive: FolderArchive,
  { ms }: PackingLimits,
): Promise<boolean> {
  let others: PackingRow | undefined;
  const packed = await packingTurn(async () => {
    const wish = { seconds: LEASE_SECONDS, background: false };
    const lease = await takeLease(ctx, archive.name, wish);
    if (lease.ok) return packUnderLease(ctx, folder, archive, lease.row, ms);
    others = lease.row;
    return false;
  });
  if (packed || others === undefined) return packed;
  if (others.failure !== undefined) throw failedBefore(others.failure);
  return others.background ? false : packedByOthers(ctx, archive, ms);
}

async function startPacking(
  ctx: Context,
  folder: Folder,
  archive: FolderArchive,
  { owner, attempts }: PackingRow,
): Promise<void> {
  const { name, type } = archive;
  if (attempts > MAX_ATTEMPTS) {
    const failure = `it failed ${MAX_ATTEMPTS} times.`;
    await failPacking(ctx, { name, owner }, { failure, seconds: FAILURE_SECONDS });
    throw failedBefore(failure);
  }
  try {
    await ctx.background.start('pack', { key: folder.key, type, name, owner });
  } catch (error) {
    await takeBackLease(ctx, { name, owner });
    throw error;
  }
}

/** Sees that background work makes the archive; the caller has to ask again, so it throws. */
async function packLater(ctx: Context, folder: Folder, archive: FolderArchive): Promise<never> {
  const wish = { seconds: START_SECONDS, background: true };
  const lease: PackingLease = await takeLease(ctx, archive.name, wish);
  if (lease.ok) await startPacking(ctx, folder, archive, lease.row);
  else if (lease.row?.failure !== undefined) throw failedBefore(lease.row.failure);
  throw beingMade();
}

/**
 * Sees that the folder is there as an archive with the folder's name on top. Throws `unavailable`
 * with the reason `archive_being_made` while that takes longer than a caller may wait, `too_large`
 * when it cannot be made.
 */
export async function packFolder(
  ctx: Context,
  folder: Folder,
  type: FileType,
  limits: PackingLimits = WHILE_THE_CALLER_WAITS,
): Promise<FolderArchive> {
  const archive = archiveOfFolder(folder, type);
  if (await isThere(ctx, archive)) return archive;
  const small = folder.size <= limits.bytes && folder.files.length <= limits.files;
  if (small && (await packNow(ctx, folder, archive, limits))) return archive;
  return packLater(ctx, folder, archive);
}
