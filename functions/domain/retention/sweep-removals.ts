import { experimentKind } from '#domain/experiments/index.ts';
import { readCurrent, resourceKeys } from '#domain/resources/index.ts';
import {
  markRetained,
  purgeRun,
  type Retained,
  removalKeys,
  retainedExperiments,
  SIGNED_SECONDS,
} from '#domain/tracking/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import { put } from '#kernel/table.ts';
import { auditItem } from '#kernel/trail.ts';
import { purgeExperiment } from './purge-experiment.ts';
import { removalWrite, whyKept } from './remove-experiment.ts';

/** Calls that were under way when something was to be removed have ended by then, and signed URLs with them. */
const GRACE_MS = (SIGNED_SECONDS + 60) * 1_000;
/** A sweep begins no more work after this; the next one goes on. */
const LONGEST_MS = 30_000;
const MOST = 200;

/** The record of what a retention removed, since nobody called for it. */
const recordOf = (ctx: Context, groupId: number, touched: { entity: string; lookup: object }) =>
  put(
    auditItem(
      {
        on: ctx.clock.now(),
        actor: { kind: 'system' },
        operation: 'retention',
        method: '',
        path: '',
        requestId: '',
        touched: [{ ...touched, lookup: { ...touched.lookup }, groupId }],
        groupId,
      },
      ctx.ids.hex32().slice(0, 16),
    ),
  );

/** Marks an experiment that was deleted long enough ago. */
async function retainExperiment(ctx: Context, { experimentId, until }: Retained): Promise<void> {
  requireSystem(ctx);
  const row =
    experimentId > 0 ? await ctx.table.get(resourceKeys.current(experimentId)) : undefined;
  if (row === undefined || row.type !== experimentKind.type) return;
  const { deletedOn, removedOn, revision, groupId } = await readCurrent(ctx, row);
  if (deletedOn === undefined || deletedOn > until || removedOn !== undefined) return;
  if ((await whyKept(ctx, { id: experimentId, groupId })) !== undefined) return;
  await ctx.table.transact([
    removalWrite(experimentId, revision, ctx.clock.now()),
    recordOf(ctx, groupId, { entity: 'experiment', lookup: { resource_id: experimentId } }),
  ]);
}

async function retain(ctx: Context, retained: Retained): Promise<void> {
  requireSystem(ctx);
  await retainExperiment(ctx, retained);
  const runs = await markRetained(ctx, retained);
  if (runs.length === 0) return;
  const [{ groupId } = { groupId: 0 }] = runs;
  const lookup = { resource_id: retained.experimentId, run_ids: runs.map(({ id }) => id) };
  await ctx.table.write(recordOf(ctx, groupId, { entity: 'run', lookup }));
}

async function purge(ctx: Context, item: Item, isTime: () => boolean): Promise<number> {
  if (item.type === experimentKind.type) {
    const { id, groupId } = item as unknown as { readonly id: number; readonly groupId: number };
    return (await purgeExperiment(ctx, { id, groupId }, isTime)) ? 1 : 0;
  }
  const {
    id: runId,
    experimentId,
    shard = 0,
  } = item as unknown as {
    readonly id: string;
    readonly experimentId: number;
    readonly shard?: number;
  };
  await purgeRun(ctx, { runId, experimentId, shard });
  return 1;
}

/** Does what may fail for one without keeping the others waiting. */
async function orLog<T>(ctx: Context, what: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    ctx.log.error('not_removed', { what, message: String(error) });
    return undefined;
  }
}

/**
 * Marks what the retention of its experiment ends, and removes what is marked; returns of how many
 * nothing is left. It may be run again, and at the same time.
 */
export async function sweepRemovals(ctx: Context): Promise<number> {
  requireSystem(ctx);
  const began = ctx.clock.now();
  const isTime = (): boolean => ctx.clock.now() < began + LONGEST_MS;
  for (const retained of await retainedExperiments(ctx)) {
    await orLog(ctx, `experiment ${retained.experimentId}`, () => retain(ctx, retained));
  }
  const { items } = await ctx.table.query({
    index: 'gsi2',
    pk: removalKeys.removed,
    sk: { to: removalKeys.until(began - GRACE_MS) },
    limit: MOST,
  });
  let removed = 0;
  for (const item of items) {
    if (!isTime()) break;
    removed += (await orLog(ctx, item.pk, () => purge(ctx, item, isTime))) ?? 0;
  }
  return removed;
}
