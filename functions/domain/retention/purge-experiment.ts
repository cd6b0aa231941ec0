import { experimentKind } from '#domain/experiments/index.ts';
import { purgeLoggedModels } from '#domain/logged-models/index.ts';
import { removeResource } from '#domain/resources/index.ts';
import { deleteTraces } from '#domain/traces/index.ts';
import {
  clearExperimentTags,
  forgetExperiment,
  MAX_RUN_TIME,
  purgeRunsOf,
  purgeSide,
} from '#domain/tracking/index.ts';
import { type Context, requireSystem } from '#kernel/context.ts';

const RUNS_AT_ONCE = 100;

/** Does `step` until it finds nothing more; false where there was no time for that. */
async function untilNone(isTime: () => boolean, step: () => Promise<boolean>): Promise<boolean> {
  while (isTime()) if (!(await step())) return true;
  return false;
}

/**
 * Removes what belongs to an experiment, what finds it last; returns whether all is gone. It may stop
 * anywhere: doing it again goes on.
 */
export async function purgeExperiment(
  ctx: Context,
  experiment: { readonly id: number; readonly groupId: number },
  isTime: () => boolean,
): Promise<boolean> {
  requireSystem(ctx);
  const { id } = experiment;
  const runsGone = await untilNone(
    isTime,
    async () => (await purgeRunsOf(ctx, id, RUNS_AT_ONCE)) > 0,
  );
  if (!runsGone) return false;
  const everything = { experimentId: id, maxTime: MAX_RUN_TIME };
  const tracesGone = await untilNone(isTime, async () => (await deleteTraces(ctx, everything)) > 0);
  if (!tracesGone) return false;
  await purgeLoggedModels(ctx, id);
  await clearExperimentTags(ctx, experiment);
  await purgeSide(ctx, id);
  await removeResource(ctx, experimentKind, id);
  forgetExperiment(ctx, id);
  return true;
}
