import {
  experimentLookup,
  experimentScope,
  MAX_RUN_TIME,
  removeBlobs,
} from '#domain/tracking/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import type { Item, Key } from '#kernel/table.ts';
import type { Trace } from './schemas.ts';
import { filesPrefix, findPointers, forgetPointer } from './scope.ts';
import { type Pointer, pointerOf, readTrace, runItem, runsOf, traceKeys } from './trace.items.ts';

/** Most traces that one call removes. */
const MAX_DELETED = 2_000;
/** Each takes two calls of the store of files. */
const AT_ONCE = 16;

const gone = ({ pk, sk }: Key) => ({ kind: 'delete' as const, key: { pk, sk } });

async function removeAll(ctx: Context, pointers: readonly Pointer[], rows: readonly Item[]) {
  for (let from = 0; from < pointers.length; from += AT_ONCE) {
    const some = pointers.slice(from, from + AT_ONCE);
    await Promise.all(some.map((pointer) => removeBlobs(ctx, filesPrefix(pointer))));
  }
  // Pointers go last: whoever repeats a call that failed finds what is left by them.
  const traces: readonly Trace[] = rows.map(readTrace);
  const runs = traces.flatMap((trace) => runsOf(trace).map((runId) => runItem(trace, runId)));
  await ctx.table.bulk([...runs, ...pointers.map(traceKeys.row)].map(gone));
  await ctx.table.bulk(pointers.map(({ id }) => gone(traceKeys.pointer(id))));
  for (const { id } of pointers) forgetPointer(ctx, id);
}

/** The oldest traces of an experiment, up to a time. */
async function oldest(ctx: Context, experimentId: number, time: number, most: number) {
  const { items } = await ctx.table.query({
    pk: traceKeys.ofExperiment(experimentId),
    sk: { from: traceKeys.notAfter(Math.min(time, MAX_RUN_TIME)) },
    order: 'descending',
    limit: most,
  });
  return items;
}

async function named(ctx: Context, experimentId: number, ids: readonly string[]) {
  const pointers = (await findPointers(ctx, ids)).filter(
    (pointer) => pointer.experimentId === experimentId,
  );
  const rows = await ctx.table.batchGet(pointers.map(traceKeys.row));
  return { pointers, rows: rows.flatMap((row) => row ?? []) };
}

interface Which {
  readonly ids?: readonly string[];
  readonly maxTime?: number;
  readonly maxTraces?: number;
}

/** Throws `invalid` unless it is said in one way which traces are meant. */
function requireOneWay({ ids, maxTime, maxTraces }: Which): void {
  const problem = [
    [
      !ids && maxTime === undefined,
      'Either `max_timestamp_millis` or `trace_ids` must be specified.',
    ],
    [
      ids && maxTime !== undefined,
      'Only one of `max_timestamp_millis` and `trace_ids` can be specified.',
    ],
    [
      ids && maxTraces !== undefined,
      "`max_traces` can't be specified if `trace_ids` is specified.",
    ],
    [
      maxTraces !== undefined && maxTraces <= 0,
      `\`max_traces\` must be a positive integer, received ${maxTraces}.`,
    ],
    [ids && ids.length > MAX_DELETED, `At most ${MAX_DELETED} traces can be deleted at once.`],
  ].find(([isWrong]) => isWrong);
  if (problem !== undefined) throw invalid('delete_traces', String(problem[1]));
}

/**
 * Removes traces of an experiment with their files: those named, or the oldest up to a time and,
 * where that is said, so many. At most 2,000 at once. Returns how many.
 */
export async function deleteTraces(
  ctx: Context,
  input: Which & { readonly experimentId: number },
): Promise<number> {
  const { experimentId, ids, maxTime = -1, maxTraces } = input;
  const { groupId } = await experimentScope(ctx, experimentId);
  requirePermission(ctx, 'write', {
    groupId,
    entity: 'experiment',
    lookup: experimentLookup(experimentId),
  });
  requireOneWay(input);
  if (ids !== undefined) {
    const { pointers, rows } = await named(ctx, experimentId, ids);
    await removeAll(ctx, pointers, rows);
    return pointers.length;
  }
  const most = Math.min(maxTraces ?? MAX_DELETED, MAX_DELETED);
  // All traces are later than what lies before 1970.
  const rows = maxTime < 0 ? [] : await oldest(ctx, experimentId, maxTime, most);
  const pointers = rows.map((row) => pointerOf(readTrace(row)));
  await removeAll(ctx, pointers, rows);
  return pointers.length;
}
