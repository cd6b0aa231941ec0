import { whileContended } from '#domain/resources/index.ts';
import { type Context, requirePermission } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import { compare, put } from '#kernel/table.ts';
import { type Trace, traceMissing } from './schemas.ts';
import { forgetPointer, targetOf, tracePointer } from './scope.ts';
import { readTrace, runItem, runsOf, traceItem, traceKeys } from './trace.items.ts';

async function changeOnce(
  ctx: Context,
  id: string,
  change: (trace: Trace) => Trace,
): Promise<Trace> {
  const pointer = await tracePointer(ctx, id);
  requirePermission(ctx, 'write', targetOf(pointer));
  const item = await ctx.table.get(traceKeys.row(pointer));
  if (item === undefined) {
    forgetPointer(ctx, id);
    throw traceMissing(id);
  }
  const old = readTrace(item);
  const trace = change(old);
  if (trace === old) return old;
  const version = item.version as number;
  const row = put(traceItem(trace, version + 1), compare('version', '=', version));
  const known = new Set(runsOf(old));
  const runs = runsOf(trace).filter((runId) => !known.has(runId));
  const outcome =
    runs.length === 0
      ? await ctx.table.write(row)
      : await ctx.table.transact([row, ...runs.map((runId) => put(runItem(trace, runId)))]);
  if (outcome.ok) return trace;
  throw conflict('write_conflict', 'The trace is being written by others; try again.');
}

/**
 * Changes a trace as it is when nobody is in between. `change` may be asked several times; what it
 * returns unchanged is not written. Throws `not_found`.
 */
export const changeTrace = (
  ctx: Context,
  id: string,
  change: (trace: Trace) => Trace,
): Promise<Trace> => whileContended(ctx, () => changeOnce(ctx, id, change));
