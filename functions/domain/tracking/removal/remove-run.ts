import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { all, compare, exists, type Item, missing, update, type Write } from '#kernel/table.ts';
import { runKeys } from '../run.items.ts';
import { requireUnlocked, runMissing, runScope, targetOf } from '../scope.ts';
import { removalOf } from './removal.items.ts';

const removable = all(
  exists('deletedOn'),
  missing('removedOn'),
  missing('lockedOn'),
  missing('jobId'),
);

/** Marks a deleted run, which is then removed for good; refused where it is not deleted since then. */
export const removalWrite = (
  runId: string,
  now: number,
  deletedUntil = Number.MAX_SAFE_INTEGER,
): Write =>
  update(
    runKeys.run(runId),
    { set: removalOf(now, runId) },
    all(removable, compare('deletedOn', '<=', deletedUntil)),
  );

function refusal(runId: string, item: Item | undefined): Error | undefined {
  if (item === undefined) return runMissing(runId);
  if (item.removedOn !== undefined) return undefined;
  return item.jobId === undefined
    ? invalid('run_not_deleted', 'Only a deleted run can be removed for good: delete it first.')
    : invalid('run_of_job', 'This is the run of a job, whose results are kept with the job.');
}

/**
 * Removes a deleted run for good, with everything that was logged and its files, within minutes; from
 * now on it cannot be restored. For those who manage its group. Throws `invalid`.
 */
export async function removeRun(ctx: Context, runId: string): Promise<void> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'manage', targetOf(scope));
  requireUnlocked(scope);
  const outcome = await ctx.table.write(removalWrite(runId, ctx.clock.now()));
  if (outcome.ok) return;
  const error = refusal(runId, outcome.item);
  if (error !== undefined) throw error;
}
