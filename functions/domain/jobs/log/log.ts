import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requirePermission, requireWorker } from '#kernel/context.ts';
import { AppError, conflict, unavailable } from '#kernel/errors.ts';
import {
  type Condition,
  check,
  compare,
  itemMissing,
  put,
  update,
  type Write,
} from '#kernel/table.ts';
import { type Fence, heldBy, leaseLost, loadForWorker } from '../fence.ts';
import { getJob, type Job, jobTarget } from '../job.ts';
import { chunkItem, inChunks, type LogHead, type LogLine, logKeys, readHead } from './log.items.ts';

const MAX_TRIES = 10;
/** Of some 200 KB each; a transaction of DynamoDB takes 4 MB. */
const MAX_CHUNKS = 15;

/** Writes that put lines at the end of the log as `head` knows it. */
function appendWrites(
  jobId: number,
  head: LogHead,
  lines: readonly LogLine[],
  streams: LogHead['streams'],
): Write[] {
  const unchanged: Condition = head.next === 0 ? itemMissing : compare('next', '=', head.next);
  let first = head.next;
  const chunks = inChunks(lines).map((chunk) => {
    const write = put(chunkItem(jobId, first, chunk));
    first += chunk.length;
    return write;
  });
  return [
    update(
      logKeys.head(jobId),
      { set: { next: first, streams: { ...head.streams, ...streams } } },
      unchanged,
    ),
    ...chunks,
  ];
}

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
  await loadForWorker(ctx, fence.jobId);
  const stream = `a${fence.attempt}`;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const head = readHead(await ctx.table.get(logKeys.head(fence.jobId)));
    const stored = head.streams[stream] ?? 0;
    if (input.first > stored) {
      throw conflict('log_gap', 'Lines before these are missing.', { next: stored });
    }
    const fresh = fitting(input.lines.slice(stored - input.first));
    if (fresh.length === 0) return { next: stored };
    const next = stored + fresh.length;
    const outcome = await ctx.table.transact([
      check(resourceKeys.current(fence.jobId), heldBy(fence)),
      ...appendWrites(fence.jobId, head, fresh, { [stream]: next }),
    ]);
    if (outcome.ok) return { next };
    if (outcome.refusals[0] !== undefined) throw leaseLost(fence.jobId);
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
    const outcome = await ctx.table.transact(appendWrites(job.id, head, some, {}));
    if (outcome.ok) done += some.length;
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
