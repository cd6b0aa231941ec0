import { type Context, requirePermission } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { all, compare, itemExists, missing, update } from '#kernel/table.ts';
import { lookAgain, readRun, runKeys } from './run.items.ts';
import { seenBySearches } from './run-index/lagging.ts';
import type { Run } from './schemas.ts';
import { requireActive, runMissing, runScope, targetOf } from './scope.ts';

const LEAST_SECONDS = 30;
const MOST_SECONDS = 7 * 24 * 60 * 60;

/**
 * A sign of life: from now on the run ends as KILLED when for `seconds` nobody writes it, this call
 * included. Throws `invalid` (`run_ended`) for a run that is not RUNNING.
 */
export async function beat(
  ctx: Context,
  input: { readonly runId: string; readonly seconds: number },
): Promise<Run> {
  const { runId, seconds } = input;
  const scope = await runScope(ctx, runId);
  requirePermission(ctx, 'write', targetOf(scope));
  requireActive(scope);
  if (!Number.isInteger(seconds) || seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
    throw invalid(
      'heartbeat_seconds',
      `timeout_seconds: use ${LEAST_SECONDS} to ${MOST_SECONDS} seconds.`,
    );
  }
  const change = update(
    runKeys.run(runId),
    {
      set: {
        heartbeatSeconds: seconds,
        ...lookAgain(runId, ctx.clock.now() + seconds * 1000),
      },
    },
    all(itemExists, missing('deletedOn'), missing('lockedOn'), compare('status', '=', 'RUNNING')),
  );
  const outcome = await seenBySearches(ctx, scope, () => ctx.table.write(change));
  if (outcome.item === undefined) throw runMissing(runId);
  if (outcome.ok) return readRun(outcome.item);
  const { status } = readRun(outcome.item);
  throw invalid('run_ended', `The run ${runId} is ${status}: only a RUNNING run has a heartbeat.`);
}
