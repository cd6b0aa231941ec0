import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';
import { openPageToken, signPageToken } from '#kernel/page-token.ts';
import type { Item } from '#kernel/table.ts';
import type { JobState } from '../job.ts';
import { type LogLine, logKeys, readStretch } from './log.items.ts';

export interface FollowedLog {
  readonly lines: readonly LogLine[];
  /** For the next call: what comes behind these lines. */
  readonly cursor: string;
  /** There are more lines already. */
  readonly hasMore: boolean;
  readonly state: JobState;
  /** The job has ended and its log, for now, too: there is no need to ask again. */
  readonly ended: boolean;
}

/** The next line to be read, and the first line of the item that it is in, or will be. */
interface Place {
  readonly chunk: number;
  readonly line: number;
}

const START: Place = { chunk: 0, line: 0 };
/** A chunk has 200 KB, or one line. */
const CHUNKS_AT_ONCE = 20;
/** Bytes of the lines of one answer as JSON; the gateway ends at 6 MB. */
const MAX_BYTES = 4_000_000;

const boundTo = (jobId: number): readonly unknown[] => ['job-log', jobId];

async function placeOf(ctx: Context, jobId: number, cursor: string | undefined): Promise<Place> {
  if (cursor === undefined) return START;
  return (await openPageToken(ctx, boundTo(jobId), cursor)) as unknown as Place;
}

/** The lines of these items from a place on, as many as fit, and where they end. */
function linesFrom(chunks: readonly Item[], start: Place, limit: number) {
  const lines: LogLine[] = [];
  let place = start;
  let bytes = 0;
  for (const item of chunks) {
    const stretch = readStretch(item);
    // What comes before it is not seen yet: an eventual read shows writes one by one.
    if (stretch.first !== place.chunk) return { lines, place, isCut: false };
    for (const line of stretch.lines.slice(place.line - place.chunk)) {
      bytes += Buffer.byteLength(JSON.stringify([line.message, line.logger])) + 100;
      const isFull = lines.length >= limit || (lines.length > 0 && bytes > MAX_BYTES);
      if (isFull) return { lines, place, isCut: true };
      lines.push(line);
      place = { chunk: place.chunk, line: place.line + 1 };
    }
    // The last lines stay where they are until there are many, and then begin an item.
    if (item.sk !== logKeys.end) place = { chunk: place.line, line: place.line };
  }
  return { lines, place, isCut: false };
}

/** The job's state and what its log holds from a place on, in one round trip. */
async function look(
  ctx: Context,
  jobId: number,
  { place, limit, eventual }: { place: Place; limit: number; eventual: boolean },
) {
  const [job, page] = await Promise.all([
    ctx.table.get(resourceKeys.current(jobId), { eventual }),
    ctx.table.query({
      pk: logKeys.partition(jobId),
      sk: { from: logKeys.chunk(jobId, place.chunk).sk, to: logKeys.end },
      limit: CHUNKS_AT_ONCE,
      eventual,
    }),
  ]);
  const lookup = { job_id: jobId };
  if (job === undefined || job.type !== 'job') throw notFound('job', lookup);
  requirePermission(ctx, 'read', { groupId: job.groupId as number, entity: 'job', lookup });
  if (job.deletedOn !== undefined) throw notFound('job', lookup);
  const found = linesFrom(page.items, place, limit);
  const hasMore = found.isCut || (page.next !== undefined && found.lines.length > 0);
  const state = job.state as JobState;
  return { ...found, hasMore, state, isOver: state === 'finished' || state === 'failed' };
}

/**
 * The lines of a job's log behind a cursor, from its start without one. Lines are numbered through
 * all attempts, so a cursor outlives them. While nothing is new it costs one round trip and one
 * read unit: it reads eventually, and again for certain before it says that the job has ended.
 * Throws `invalid` (`invalid_cursor`), `not_found`.
 */
export async function followLog(
  ctx: Context,
  jobId: number,
  { cursor, limit }: { readonly cursor?: string; readonly limit: number },
): Promise<FollowedLog> {
  const place = await placeOf(ctx, jobId, cursor);
  const glance = await look(ctx, jobId, { place, limit, eventual: true });
  const seen =
    glance.isOver && !glance.hasMore
      ? await look(ctx, jobId, { place, limit, eventual: false })
      : glance;
  return {
    lines: seen.lines,
    cursor: await signPageToken(ctx, boundTo(jobId), { ...seen.place }),
    hasMore: seen.hasMore,
    state: seen.state,
    ended: seen.isOver && !seen.hasMore,
  };
}
