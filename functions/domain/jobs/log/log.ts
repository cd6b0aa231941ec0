import { type Context, requirePermission, requireWorker } from '#kernel/context.ts';
import { AppError, conflict, unavailable } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { type Fence, isHeld, leaseLost, loadForWorker } from '../fence.ts';
import { getJob, type Job, jobTarget } from '../job.ts';
import { appendWrites, inChunks, type LogLine, logKeys, readHead } from './log.items.ts';

const MAX_TRIES = 10;
/** Of some 200 KB each; a transaction of DynamoDB takes 4 MB. */
const MAX_CHUNKS = 15;

/** A line that stands alone costs half of what a transaction does. */
const written = async (ctx: Context, writes: readonly Write[]): Promise<boolean> => {
  const [only, ...more] = writes;
  if (only !== undefined && more.length === 0) return (await ctx.table.write(only)).ok;
  return (await ctx.table.transact(writes)).ok;
};

/** The first of the lines, as many as one transaction takes. */
const fitting = (lines: readonly LogLine[]): readonly LogLine[] =>
  inChunks(lines).slice(0, MAX_CHUNKS).flat();

/**
 * Stores lines `first`, `first + 1`, … of an attempt's log, each once and in order, whatever is
 * repeated; of very many only the first. Returns the number of the first line not stored. Throws `conflict`: `lease_lost`, or
 * `log_gap` with `next` in the detail.
 */
export async function appendWorkerLog(
  ctx: Context,
  fence: Fence,
  input: { readonly first: number; readonly lines: readonly LogLine[] },
): Promise<{ readonly next: number }> {
  requireWorker(ctx);
  const stream = `a${fence.attempt}`;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const head = readHead(await ctx.table.get(logKeys.head(fence.jobId)));
    // Asked after the head: whatever takes the job from this attempt writes a line about it as well, so
    // that the head is another by then.
    const job = await loadForWorker(ctx, fence.jobId);
    const stored = head.streams[stream] ?? 0;
    if (input.first > stored) {
      throw conflict('log_gap', 'Lines before these are missing.', { next: stored });
    }
    const fresh = fitting(input.lines.slice(stored - input.first));
    if (fresh.length === 0) return { next: stored };
    if (!isHeld(job, fence)) throw leaseLost(fence.jobId);
    const next = stored + fresh.length;
    if (await written(ctx, appendWrites(fence.jobId, head, fresh, { [stream]: next })))
      return { next };
  }
  throw unavailable('The log is being written by others; try again.');
}

/** Appends lines that someone reports for a job, at the server's time; jobs that ended accept them too. */
export async function appendLog(
  ctx: Context,
  jobId: number,
  lines: readonly Omit<LogLine, 'createdOn'>[],
): Promise<readonly LogLine[]> {
  const job = await getJob(ctx, jobId);
  requirePermission(ctx, 'write', jobTarget(job));
  const createdOn = ctx.clock.now();
  const stamped = lines.map((line) => ({ ...line, createdOn }));
  let done = 0;
  for (let failures = 0; failures < MAX_TRIES; ) {
    const some = fitting(stamped.slice(done));
    if (some.length === 0) return stamped;
    const head = readHead(await ctx.table.get(logKeys.head(job.id)));
    if (await written(ctx, appendWrites(job.id, head, some, {}))) done += some.length;
    else failures += 1;
  }
  throw new AppError('unavailable', 'The log is being written by others; try again.', {
    retryAfter: 1,
  });
}

/**
 * A line of the platform itself, for the transaction that it speaks of: it is there once and
 * exactly when that is done. Whoever calls it has asked for permission.
 */
export async function lineWrites(
  ctx: Context,
  job: Pick<Job, 'id'>,
  line: Pick<LogLine, 'severity' | 'message'>,
): Promise<readonly Write[]> {
  const head = readHead(await ctx.table.get(logKeys.head(job.id)));
  const stamped = { ...line, logger: 'assay', createdOn: ctx.clock.now() };
  return appendWrites(job.id, head, [stamped], {});
}
