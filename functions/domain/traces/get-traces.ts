import { type Context, readableGroups, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { type Trace, traceMissing } from './schemas.ts';
import { findPointers, forgetPointer, targetOf, tracePointer } from './scope.ts';
import { readTrace, traceKeys } from './trace.items.ts';

const MAX_TRACES = 500;

/** A trace without its spans. Throws `not_found`. */
export async function getTrace(ctx: Context, id: string): Promise<Trace> {
  const pointer = await tracePointer(ctx, id);
  requirePermission(ctx, 'read', targetOf(pointer));
  const item = await ctx.table.get(traceKeys.row(pointer));
  if (item !== undefined) return readTrace(item);
  forgetPointer(ctx, id);
  throw traceMissing(id);
}

/** Those of the traces that are there and the caller may see, in the order of their ids. */
export async function getTraces(
  ctx: Context,
  input: {
    readonly ids: readonly string[];
    /** Only those of these experiments. */
    readonly experimentIds?: readonly number[];
  },
): Promise<readonly Trace[]> {
  const { ids, experimentIds } = input;
  if (ids.length > MAX_TRACES) {
    throw invalid('too_many', `At most ${MAX_TRACES} traces can be asked for at once.`);
  }
  const groups = ctx.actor.kind === 'system' ? undefined : new Set(readableGroups(ctx));
  const pointers = (await findPointers(ctx, ids)).filter(
    ({ groupId, experimentId }) =>
      groups?.has(groupId) !== false && experimentIds?.includes(experimentId) !== false,
  );
  const items = await ctx.table.batchGet(pointers.map(traceKeys.row));
  return items.flatMap((item) => (item === undefined ? [] : [readTrace(item)]));
}
