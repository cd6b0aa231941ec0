import { newRow } from '#domain/projects/index.ts';
import { whileContended } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { commit, finished } from '../experiments/commit.ts';
import type { Doc, Experiment, ExperimentPlace } from '../experiments/experiment.items.ts';
import { findExperiment } from '../experiments/find.ts';
import { requireFlag } from '../experiments/pause.ts';
import { isDoc, refuse } from '../refuse.ts';
import type { Cohort } from './cohort.items.ts';

const FLAG_CALLED = '$feature_flag_called';

/** What people did who are exposed: the event of the criteria, or that their flag was looked at. */
function exposureOf({ exposureCriteria, flagKey }: Experiment): Doc {
  const config = exposureCriteria?.exposure_config;
  const { event = FLAG_CALLED, properties = [] } = isDoc(config) ? config : {};
  const ofFlag = { key: '$feature_flag', type: 'event', value: flagKey, operator: 'exact' };
  const own = Array.isArray(properties) ? properties : [];
  return {
    key: event,
    event_type: 'events',
    event_filters: event === FLAG_CALLED ? [ofFlag, ...own] : own,
  };
}

function filtersOf(experiment: Experiment, startDate: number): Doc {
  const performed = {
    type: 'behavioral',
    value: 'performed_event',
    negation: false,
    ...exposureOf(experiment),
    explicit_datetime: new Date(startDate).toISOString(),
  };
  return {
    properties: { type: 'OR', values: [{ type: 'OR', values: [performed] }] },
  };
}

async function requireReady(
  ctx: Context,
  place: ExperimentPlace,
): Promise<{ readonly before: Experiment; readonly startDate: number }> {
  const found = await findExperiment(ctx, place);
  const { experiment: before } = found;
  requireFlag(found);
  const { startDate, exposureCohortId } = before;
  if (startDate === null) throw refuse('Experiment does not have a start date.');
  if (exposureCohortId !== null) throw refuse('Experiment already has an exposure cohort');
  return { before, startDate };
}

/** Makes the cohort of those whom an experiment has reached. Throws `invalid` where it has one, or has not begun. */
export async function createExposureCohort(ctx: Context, place: ExperimentPlace): Promise<Cohort> {
  await requireReady(ctx, place);
  const row = await newRow(ctx, 'cohort', place.groupId);
  return whileContended(ctx, async () => {
    const { before, startDate } = await requireReady(ctx, place);
    const cohort: Cohort = {
      ...row,
      name: `Users exposed to experiment "${before.name}"`,
      filters: filtersOf(before, startDate),
      experimentId: before.id,
    };
    const after = finished(ctx, before, { exposureCohortId: cohort.id });
    await commit(ctx, [{ name: 'experiment', before, after }], {
      changes: [{ name: 'cohort', after: cohort }],
    });
    return cohort;
  });
}
