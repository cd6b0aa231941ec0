import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { all, exists, type Item, itemExists, missing, not, oneOf, update } from '#kernel/table.ts';
import { experimentLookup } from './experiments/experiment-ids.ts';
import { lockedAt, lockedRuns, NOT_LOCKED, runKeys } from './run.items.ts';
import { seenBySearches } from './run-index/lagging.ts';
import { rememberScope, requireActive, runMissing, runScope, targetOf } from './scope.ts';

/** Runs that are still to be written cannot be locked. */
const UNENDED = ['RUNNING', 'SCHEDULED'];

function requireEnded(runId: string, { status }: Item): void {
  if (!UNENDED.includes(String(status))) return;
  throw invalid('run_not_ended', `The run ${runId} is ${status}: end it before you lock it.`);
}

/**
 * Locks a run that has ended: nothing of it can be written, deleted or uploaded any more. Other processes
 * know within five seconds. Locking again changes nothing. Throws `invalid` (`run_not_ended`).
 */
export async function lockRun(ctx: Context, runId: string): Promise<void> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  if (scope.locked === true) return;
  requireActive(scope);
  const ended = not(oneOf('status', UNENDED));
  const change = update(
    runKeys.run(runId),
    { set: lockedAt(ctx.clock.now(), scope.experimentId, runId) },
    all(itemExists, missing('deletedOn'), missing('lockedOn'), ended),
  );
  const outcome = await seenBySearches(ctx, scope, () => ctx.table.write(change));
  if (outcome.item === undefined) throw runMissing(runId);
  const after = rememberScope(ctx, outcome.item);
  if (outcome.ok || after.locked === true) return;
  requireActive(after);
  requireEnded(runId, outcome.item);
}

/** Makes a locked run one like any other; for those who manage its group. */
export async function unlockRun(ctx: Context, runId: string): Promise<void> {
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'manage', targetOf(scope));
  const change = update(runKeys.run(runId), { remove: NOT_LOCKED }, exists('lockedOn'));
  const outcome = await seenBySearches(ctx, scope, () => ctx.table.write(change));
  if (outcome.item === undefined) throw runMissing(runId);
  rememberScope(ctx, outcome.item);
}

/** Whether any run of an experiment is locked, also of a deleted one; of locks of the last second perhaps not. */
export async function hasLockedRuns(
  ctx: Context,
  { id, groupId }: { readonly id: number; readonly groupId: number },
): Promise<boolean> {
  requirePermission(ctx, 'read', { groupId, entity: 'experiment', lookup: experimentLookup(id) });
  const pk = lockedRuns(id);
  const { items } = await ctx.table.query({ index: 'gsi2', pk, limit: 1 });
  return items.length > 0;
}
