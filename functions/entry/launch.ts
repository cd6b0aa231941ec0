import * as z from 'zod';
import { type Launch, launchWorkers } from '#domain/pools/index.ts';
import type { Context } from '#kernel/context.ts';
import type { WorkerTasks } from '#kernel/worker-tasks.ts';
import type { PoolTasks } from './launch-env.ts';

/** A nudge names its pool; the schedule's event has no such member. */
const LaunchEvent = z.object({ pool: z.string().min(1).optional() });

async function launchPool(
  ctx: Context,
  tasks: WorkerTasks,
  { pool, max, concurrency }: PoolTasks,
  event: Pick<Launch, 'nudged' | 'settleMs'>,
): Promise<void> {
  try {
    const report = await launchWorkers(ctx, tasks, { pool, max, concurrency, ...event });
    if (report.started + report.failed > 0) ctx.log.info('launch', { pool, ...report });
    if (report.failed > 0) throw new Error(`${report.failed} tasks could not be run.`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ctx.log.error('pool_failed', { pool, message });
    throw error;
  }
}

/**
 * Looks after the pool that the event names, or else after every one. A pool that fails does not
 * stop the others, but fails the whole in the end, so that somebody hears of it.
 */
export async function launchPools(
  ctx: Context,
  tasks: WorkerTasks,
  pools: readonly PoolTasks[],
  event: unknown,
  times: Pick<Launch, 'settleMs'> = {},
): Promise<void> {
  const { pool: named } = LaunchEvent.parse(event ?? {});
  const asked = pools.filter(({ pool }) => named === undefined || pool === named);
  if (asked.length === 0) throw new Error(`There are no tasks for a pool named "${named}".`);
  const outcomes = await Promise.allSettled(
    asked.map((each) => launchPool(ctx, tasks, each, { nudged: named !== undefined, ...times })),
  );
  const failed = outcomes.filter(({ status }) => status === 'rejected').length;
  if (failed > 0) throw new Error(`${failed} of ${asked.length} pools failed.`);
}
