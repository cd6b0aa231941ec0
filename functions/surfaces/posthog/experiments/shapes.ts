import * as z from 'zod';
import { CONCLUSIONS, EXPERIMENT_TYPES } from '#domain/abtests/index.ts';
import { sentDocument, sentName, sentText, sentTime, unchecked } from '../fields.ts';

const uuids = () => z.array(z.string().max(200)).max(500).nullish();

/** What may be said of an experiment; other members are left aside. */
const fields = {
  name: sentName(400),
  description: sentText(3_000).nullish(),
  start_date: sentTime().nullish(),
  end_date: sentTime().nullish(),
  feature_flag_key: sentName(400),
  holdout_id: z.int().nullish(),
  parameters: sentDocument().nullish(),
  running_time_calculation: sentDocument().nullish(),
  secondary_metrics: z.array(z.unknown()).max(100).nullish(),
  saved_metrics_ids: unchecked(
    'Saved metrics, each with its `id` and, in `metadata`, the `type` primary or secondary.',
    'array',
  ).optional(),
  filters: sentDocument().nullish(),
  archived: z.boolean().optional(),
  deleted: z.boolean().nullish(),
  type: z.enum(EXPERIMENT_TYPES).nullish(),
  exposure_criteria: unchecked('Who takes part, by which event.', 'object').optional(),
  metrics: unchecked('Metrics of the kind ExperimentMetric.', 'array').optional(),
  metrics_secondary: unchecked('More of them.', 'array').optional(),
  stats_config: unchecked('The statistical method and its numbers.', 'object').optional(),
  scheduling_config: sentDocument().nullish(),
  _create_in_folder: sentText(1_000).optional(),
  conclusion: z.enum(CONCLUSIONS).nullish(),
  conclusion_comment: sentText(10_000).nullish(),
  primary_metrics_ordered_uuids: uuids(),
  secondary_metrics_ordered_uuids: uuids(),
  only_count_matured_users: z.boolean().optional(),
  exposure_preaggregation_enabled: z.boolean().optional(),
  allow_unknown_events: z.boolean().optional(),
  update_feature_flag_params: z.boolean().optional(),
};

export const WholeExperimentBody = z.object(fields);
export const ExperimentBody = z.object({
  ...fields,
  name: fields.name.optional(),
  feature_flag_key: fields.feature_flag_key.optional(),
});

const verdict = {
  conclusion: z.enum(CONCLUSIONS).nullish(),
  conclusion_comment: sentText(10_000).nullish(),
};
export const EndBody = z.object(verdict);
export const ShipBody = z.object({
  ...verdict,
  variant_key: sentName(400),
  release_to_everyone: z.boolean().default(false),
});
const copy = {
  feature_flag_key: sentName(400).nullish(),
  name: sentName(400).nullish(),
};
export const DuplicateBody = z.object(copy);
export const CopyBody = z.object({ ...copy, target_team_id: z.int() });
