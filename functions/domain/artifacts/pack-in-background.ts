import * as z from 'zod';
import { fileTypes } from '#domain/archives/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { keepLease } from '#kernel/keep-lease.ts';
import { archiveOfFolder, readFolder } from './folder.ts';
import { FAILURE_SECONDS, writeArchive } from './pack-folder.ts';
import { endPacking, failPacking, giveBackLease, renewLease } from './packing.items.ts';

/** What background work is told: which folder, and the lease that it works under. */
export const PackingTask = z.strictObject({
  key: z.string().startsWith('runs/'),
  type: z.enum(fileTypes),
  name: z.string().min(1),
  owner: z.string().min(1),
});
export type PackingTask = z.infer<typeof PackingTask>;

/** `lost`: another has the lease. `changed`: the folder is not any more what it was to be packed as. */
export type PackingEnd = 'packed' | 'lost' | 'changed' | 'failed';

/** A function of AWS ends after 15 minutes. */
const MAX_MS = 14 * 60_000;
const LEASE_SECONDS = 60;

async function pack(ctx: Context, task: PackingTask, signal: AbortSignal): Promise<PackingEnd> {
  const folder = await readFolder(ctx, task.key);
  const archive = archiveOfFolder(folder, task.type);
  const same = archive.name === task.name;
  if (same) await writeArchive(ctx, folder, archive, signal);
  await endPacking(ctx, task);
  return same ? 'packed' : 'changed';
}

/** Why it makes no sense to try again; else `undefined`. */
function finalReason(error: unknown, tookTooLong: boolean, ms: number): string | undefined {
  if (tookTooLong) return `it took longer than ${Math.round(ms / 60_000)} minutes.`;
  const ours =
    error instanceof AppError && (error.code === 'invalid' || error.code === 'too_large');
  return ours ? error.message : undefined;
}

/**
 * Makes the archive of a folder for callers who ask for it again and again. A failure that may pass
 * is thrown, and the next caller has it tried anew.
 */
export async function packInBackground(
  ctx: Context,
  task: PackingTask,
  ms: number = MAX_MS,
): Promise<PackingEnd> {
  requireSystem(ctx);
  const renew = () => renewLease(ctx, task, LEASE_SECONDS);
  if (!(await renew())) return 'lost';
  const lease = keepLease(ctx, 'packing', renew);
  const timeout = AbortSignal.timeout(ms);
  try {
    return await pack(ctx, task, AbortSignal.any([timeout, lease.signal]));
  } catch (error) {
    if (lease.signal.aborted) return 'lost';
    const failure = finalReason(error, timeout.aborted, ms);
    if (failure === undefined) {
      await giveBackLease(ctx, task, { background: true });
      throw error;
    }
    await failPacking(ctx, task, { failure, seconds: FAILURE_SECONDS });
    return 'failed';
  } finally {
    lease.stop();
  }
}
