import * as z from 'zod';
import { CONCLUSIONS, EXPERIMENT_TYPES } from '#domain/abtests/index.ts';
import { MinimalFlag } from '../flags/wire.ts';
import { HoldoutAnswer } from '../holdouts/wire.ts';
import { PersonAnswer } from '../people.ts';

const time = z.string();
const document = z.looseObject({});
const ordered = z.array(z.string()).nullable();

const LinkAnswer = z.object({
  id: z.int(),
  experiment: z.int(),
  saved_metric: z.int(),
  metadata: document,
  created_at: time,
  query: document,
  name: z.string(),
});

/** An experiment as answers show it. */
export const ExperimentAnswer = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string().nullable(),
  start_date: time.nullable(),
  end_date: time.nullable(),
  feature_flag_key: z.string(),
  feature_flag: MinimalFlag.nullable(),
  holdout: HoldoutAnswer.nullable(),
  holdout_id: z.int().nullable(),
  exposure_cohort: z.int().nullable(),
  parameters: document.nullable(),
  running_time_calculation: document,
  secondary_metrics: z.array(z.unknown()),
  saved_metrics: z.array(LinkAnswer),
  filters: document,
  archived: z.boolean(),
  deleted: z.boolean(),
  created_by: PersonAnswer.nullable(),
  created_at: time,
  updated_at: time,
  type: z.enum(EXPERIMENT_TYPES),
  variants: document,
  exposure_criteria: document.nullable(),
  metrics: z.array(document),
  metrics_secondary: z.array(document),
  stats_config: document.nullable(),
  scheduling_config: document.nullable(),
  conclusion: z.enum(CONCLUSIONS).nullable(),
  conclusion_comment: z.string().nullable(),
  primary_metrics_ordered_uuids: ordered,
  secondary_metrics_ordered_uuids: ordered,
  only_count_matured_users: z.boolean(),
  exposure_preaggregation_enabled: z.boolean(),
  status: z.enum(['draft', 'running', 'paused', 'stopped']),
  user_access_level: z.string(),
});
export type ExperimentAnswer = z.infer<typeof ExperimentAnswer>;

export const StatsAnswer = z.object({
  launched_last_30d: z.int(),
  launched_previous_30d: z.int(),
  percent_change: z.number(),
  active_experiments: z.int(),
  completed_last_30d: z.int(),
});

const CohortAnswer = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  deleted: z.boolean(),
  is_static: z.boolean(),
  is_calculating: z.boolean(),
  count: z.int().nullable(),
  filters: document,
  created_by: PersonAnswer.nullable(),
  created_at: time,
  last_calculation: time.nullable(),
  experiment_set: z.array(z.int()),
});
export type CohortAnswer = z.infer<typeof CohortAnswer>;
export const NewCohortAnswer = z.object({ cohort: CohortAnswer });
