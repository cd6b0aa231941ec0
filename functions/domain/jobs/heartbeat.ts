import { resourceKeys } from '#domain/resources/index.ts';
import { type Context, requireWorker } from '#kernel/context.ts';
import { all, compare, update } from '#kernel/table.ts';
import { type Fence, heldBy, leaseLost } from './fence.ts';
import { due, leaseTimes } from './job.ts';
import { progressRow } from './progress.ts';
import type { HeartbeatAnswer, Progress } from './protocol.ts';

/**
 * Renews the lease of an attempt, notes how far it is, and tells whether somebody asked for its end. Throws
 * `conflict` (`lease_lost`) when the attempt does not hold the job any more.
 */
export async function renewLease(
  ctx: Context,
  fence: Fence & { readonly progress?: Progress | undefined },
): Promise<HeartbeatAnswer> {
  const { pool } = requireWorker(ctx);
  const { seconds } = leaseTimes(ctx);
  const leaseUntil = ctx.clock.now() + seconds * 1000;
  const said = fence.progress && { progress: progressRow(ctx, fence.progress) };
  const outcome = await ctx.table.write(
    update(
      resourceKeys.current(fence.jobId),
      { set: { leaseUntil, ...due(fence.jobId, leaseUntil), ...said } },
      all(heldBy(fence), compare('pool', '=', pool)),
    ),
  );
  if (!outcome.ok) throw leaseLost(fence.jobId);
  const gone = outcome.item?.deletedOn !== undefined;
  return { leaseSeconds: seconds, cancel: gone || outcome.item?.cancelOn !== undefined };
}
