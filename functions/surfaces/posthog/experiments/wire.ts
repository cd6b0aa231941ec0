import type * as z from 'zod';
import {
  type Cohort,
  detailsOf,
  type Experiment,
  type ExperimentDetails,
  type ExperimentWishes,
  type Found,
  fingerprintOf,
  statusOf,
  variantsOf,
} from '#domain/abtests/index.ts';
import type { Context } from '#kernel/context.ts';
import { accessLevelOf } from '../access-level.ts';
import { toMinimalFlag } from '../flags/wire.ts';
import { toHoldout } from '../holdouts/wire.ts';
import { isoTime, peopleOf, type ShowPerson } from '../people.ts';
import type { CohortAnswer, ExperimentAnswer } from './answers.ts';
import type { ExperimentBody } from './shapes.ts';

type Document = { readonly [name: string]: unknown };
type Body = z.output<typeof ExperimentBody>;

/** What a body says, in the words of the domain; what it does not say is absent. */
export function toWishes(body: Body): ExperimentWishes {
  const wishes = {
    name: body.name,
    description: body.description,
    startDate: body.start_date,
    endDate: body.end_date,
    flagKey: body.feature_flag_key,
    holdoutId: body.holdout_id,
    parameters: body.parameters,
    runningTimeCalculation: body.running_time_calculation,
    secondaryMetrics: body.secondary_metrics,
    savedMetricIds: body.saved_metrics_ids,
    filters: body.filters,
    archived: body.archived,
    deleted: body.deleted,
    kind: body.type,
    exposureCriteria: body.exposure_criteria,
    metrics: body.metrics,
    metricsSecondary: body.metrics_secondary,
    statsConfig: body.stats_config,
    schedulingConfig: body.scheduling_config,
    conclusion: body.conclusion,
    conclusionComment: body.conclusion_comment,
    primaryOrder: body.primary_metrics_ordered_uuids,
    secondaryOrder: body.secondary_metrics_ordered_uuids,
    onlyCountMaturedUsers: body.only_count_matured_users,
    exposurePreaggregation: body.exposure_preaggregation_enabled,
    allowUnknownEvents: body.allow_unknown_events,
    updateFlag: body.update_feature_flag_params,
  };
  return Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined));
}

/** Variants go out under both names of their share, the newer and the older. */
function shownParameters(parameters: Document | null): Document | null {
  const variants = parameters?.feature_flag_variants;
  if (parameters === null || !Array.isArray(variants)) return parameters;
  const both = (variants as readonly Document[]).map((variant) => ({
    ...variant,
    split_percent: variant.rollout_percentage,
  }));
  return { ...parameters, feature_flag_variants: both };
}

const maybeTime = (on: number | null): string | null => (on === null ? null : isoTime(on));

function linksOf(experiment: Experiment, { savedMetrics }: ExperimentDetails) {
  return experiment.savedMetrics.flatMap((link) => {
    const metric = savedMetrics.get(link.savedMetricId);
    if (metric === undefined) return [];
    const { query, name } = metric;
    return {
      id: link.id,
      experiment: experiment.id,
      saved_metric: link.savedMetricId,
      metadata: link.metadata,
      created_at: isoTime(link.createdOn),
      query: { ...query, fingerprint: fingerprintOf(experiment, query) },
      name,
    };
  });
}

/** Experiments of pages are told how much of each page sees which variant. */
function pageVariants({ experiment, flag }: Found): Document {
  if (experiment.kind !== 'web' || flag === undefined) return {};
  return Object.fromEntries(
    variantsOf(flag).map(({ key, rollout_percentage }) => [key, { rollout_percentage }]),
  );
}

const measuresOf = (experiment: Experiment) => ({
  secondary_metrics: [...experiment.secondaryMetrics],
  metrics: [...experiment.metrics],
  metrics_secondary: [...experiment.metricsSecondary],
  primary_metrics_ordered_uuids: experiment.primaryOrder && [...experiment.primaryOrder],
  secondary_metrics_ordered_uuids: experiment.secondaryOrder && [...experiment.secondaryOrder],
});

interface Shown {
  readonly details: ExperimentDetails;
  readonly person: ShowPerson;
  readonly level: string;
}

function toExperiment(found: Found, { details, person, level }: Shown): ExperimentAnswer {
  const { experiment, flag } = found;
  const holdout = details.holdouts.get(experiment.holdoutId ?? 0);
  return {
    id: experiment.id,
    name: experiment.name,
    description: experiment.description,
    start_date: maybeTime(experiment.startDate),
    end_date: maybeTime(experiment.endDate),
    feature_flag_key: experiment.flagKey,
    feature_flag: flag === undefined ? null : toMinimalFlag(flag),
    holdout: holdout === undefined ? null : toHoldout(holdout, person),
    holdout_id: holdout?.id ?? null,
    exposure_cohort: experiment.exposureCohortId,
    parameters: shownParameters(experiment.parameters),
    running_time_calculation: experiment.runningTimeCalculation,
    ...measuresOf(experiment),
    saved_metrics: linksOf(experiment, details),
    filters: experiment.filters,
    archived: experiment.archived,
    deleted: experiment.deleted,
    created_by: person(experiment.createdBy),
    created_at: isoTime(experiment.createdOn),
    updated_at: isoTime(experiment.updatedOn),
    type: experiment.kind,
    variants: pageVariants(found),
    exposure_criteria: experiment.exposureCriteria,
    stats_config: experiment.statsConfig,
    scheduling_config: experiment.schedulingConfig,
    conclusion: experiment.conclusion,
    conclusion_comment: experiment.conclusionComment,
    only_count_matured_users: experiment.onlyCountMaturedUsers,
    exposure_preaggregation_enabled: experiment.exposurePreaggregation,
    status: statusOf(experiment, flag),
    user_access_level: level,
  };
}

/** Experiments of one project as answers show them. */
export async function showExperiments(
  ctx: Context,
  groupId: number,
  found: readonly Found[],
): Promise<readonly ExperimentAnswer[]> {
  const details = await detailsOf(ctx, groupId, found);
  const rows = found.map(({ experiment }) => experiment);
  const person = await peopleOf(ctx, [...rows, ...details.holdouts.values()]);
  const shown = { details, person, level: accessLevelOf(ctx, groupId) };
  return found.map((each) => toExperiment(each, shown));
}

/** One experiment as answers show it. */
export async function showExperiment(ctx: Context, found: Found): Promise<unknown> {
  const [shown] = await showExperiments(ctx, found.experiment.groupId, [found]);
  return shown;
}

export const toCohort = (cohort: Cohort, person: ShowPerson): CohortAnswer => ({
  id: cohort.id,
  name: cohort.name,
  description: '',
  deleted: false,
  is_static: false,
  is_calculating: false,
  count: null,
  filters: cohort.filters,
  created_by: person(cohort.createdBy),
  created_at: isoTime(cohort.createdOn),
  last_calculation: null,
  experiment_set: [cohort.experimentId],
});
