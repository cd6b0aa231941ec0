import { findProject, type Project } from '#domain/projects/index.ts';
import type { Context } from '#kernel/context.ts';
import { exposureOf, lookbackOf, type StatsSettings, statsSettingsOf } from '../metrics/index.ts';
import { refuse } from '../refuse.ts';
import type { ExperimentWindow, ResultRequest } from '../results/index.ts';
import type { Doc, ExperimentPlace } from './experiment.items.ts';
import { type Found, findExperiment } from './find.ts';
import { variantsOf } from './variants.ts';

/** What the results of an experiment are worked out from. */
export interface ExperimentQuestion extends Found {
  readonly window: ExperimentWindow;
  readonly settings: StatsSettings;
}

const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

function windowOf(
  { experiment, flag }: Found,
  startDate: number,
  now: number,
  project: Project,
  baseline: string,
): ExperimentWindow {
  const exposure = exposureOf(experiment.exposureCriteria);
  const groupType = flag?.filters.aggregation_group_type_index;
  return {
    groupId: experiment.groupId,
    flagKey: experiment.flagKey,
    variants: flag === undefined ? [] : variantsOf(flag).map(({ key }) => key),
    baseline,
    startDate,
    endDate: Math.max(startDate, Math.min(experiment.endDate ?? now, now)),
    asOf: now,
    timezone: project.timezone,
    exposure,
    holdoutVariant: experiment.holdoutId === null ? undefined : `holdout-${experiment.holdoutId}`,
    excludedVariants: textsIn(experiment.parameters?.excluded_variants),
    onlyCountMaturedUsers: experiment.onlyCountMaturedUsers,
    testAccountFilters:
      exposure?.filterTestAccounts === true ? project.testAccountFilters : undefined,
    lookbackDays: lookbackOf(experiment.statsConfig),
    groupTypeIndex: typeof groupType === 'number' ? groupType : undefined,
  };
}

/** Throws `not_found`, and `invalid` with the `refusal` for what has not begun. */
export async function questionOf(
  ctx: Context,
  place: ExperimentPlace,
  refusal = 'Experiment has not been launched yet.',
): Promise<ExperimentQuestion> {
  const [found, project] = await Promise.all([
    findExperiment(ctx, place),
    findProject(ctx, place.groupId),
  ]);
  const { startDate, statsConfig } = found.experiment;
  if (startDate === null) throw refuse(refusal);
  const settings = statsSettingsOf(statsConfig, project);
  const window = windowOf(found, startDate, ctx.clock.now(), project, settings.baseline);
  return { ...found, settings, window };
}

/** A question about one metric, as results are kept by it. */
export const requestOf = (
  { experiment, window, settings }: ExperimentQuestion,
  metric: Doc,
  fingerprint: string,
): ResultRequest => ({
  experimentId: experiment.id,
  metricUuid: typeof metric.uuid === 'string' ? metric.uuid : '',
  fingerprint,
  metric,
  window,
  stats: settings,
});
