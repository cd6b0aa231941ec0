import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, must } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const ISO = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
const variant = (key: string, rollout_percentage = 50) => ({ key, rollout_percentage });
const control = variant('control');
const ofVariants = (...feature_flag_variants: unknown[]) => ({
  parameters: { feature_flag_variants },
});

describe('a new experiment', () => {
  it('is a draft with a flag of its own, which is off', async () => {
    const made = await stage.call('POST', '/', { name: ' Button ', feature_flag_key: 'button' });

    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.any(Number),
      name: 'Button',
      description: null,
      start_date: null,
      end_date: null,
      feature_flag_key: 'button',
      feature_flag: expect.objectContaining({
        key: 'button',
        name: 'Feature Flag for Experiment Button',
        active: false,
        deleted: false,
        filters: expect.objectContaining({
          groups: [expect.objectContaining({ properties: [], rollout_percentage: 100 })],
          multivariate: {
            variants: [
              { key: 'control', name: 'Control Group', rollout_percentage: 50 },
              { key: 'test', name: 'Test Variant', rollout_percentage: 50 },
            ],
          },
        }),
      }),
      holdout: null,
      holdout_id: null,
      exposure_cohort: null,
      parameters: null,
      running_time_calculation: {},
      secondary_metrics: [],
      saved_metrics: [],
      filters: {},
      archived: false,
      deleted: false,
      created_by: expect.objectContaining({ id: stage.owner.id }),
      created_at: ISO,
      updated_at: ISO,
      type: 'product',
      variants: {},
      exposure_criteria: { filterTestAccounts: true },
      metrics: [],
      metrics_secondary: [],
      stats_config: { method: 'bayesian' },
      scheduling_config: null,
      conclusion: null,
      conclusion_comment: null,
      primary_metrics_ordered_uuids: null,
      secondary_metrics_ordered_uuids: null,
      only_count_matured_users: false,
      exposure_preaggregation_enabled: false,
      status: 'draft',
      user_access_level: 'editor',
    });
    expect(await stage.get(`experiments/${made.body.id}`)).toEqual(made.body);
  });

  it('keeps every field that people may set, and leaves others aside', async () => {
    const fields = {
      description: 'Which one is pressed',
      type: 'web',
      scheduling_config: { timeseries: true },
      conclusion: 'won',
      conclusion_comment: 'clearly',
      archived: true,
      only_count_matured_users: true,
      exposure_preaggregation_enabled: true,
      secondary_metrics: [{ a: 1 }],
      filters: { insight: 'TRENDS', properties: [] },
    };
    const body = { ...fields, allow_unknown_events: true, _create_in_folder: 'a/b', nonsense: 1 };
    const made = await stage.create(body);

    expect(made).toMatchObject(fields);
    expect(made.variants).toEqual({
      control: { rollout_percentage: 50 },
      test: { rollout_percentage: 50 },
    });
    expect(made).not.toHaveProperty('nonsense');
    expect(made).not.toHaveProperty('allow_unknown_events');
  });

  it('is launched, flag and all, where it has a start', async () => {
    const made = await stage.create({ start_date: '2026-01-01T02:00:00+02:00' });

    expect(made).toMatchObject({ status: 'running', start_date: '2026-01-01T00:00:00.000Z' });
    expect(made.feature_flag.active).toBe(true);
  });

  it('gives its flag what its parameters say, and shows shares under both names', async () => {
    const { parameters, feature_flag: flag } = await stage.create({
      parameters: {
        feature_flag_variants: [
          { key: 'Control', name: 'As it is', split_percent: 20, rollout_percentage: 1 },
          { key: 'blue', rollout_percentage: 80 },
        ],
        rollout_percentage: 30,
        aggregation_group_type_index: 1,
        ensure_experience_continuity: true,
        feature_flag_payloads: { blue: '"#00f"' },
        minimum_detectable_effect: 5,
      },
    });

    expect(parameters.feature_flag_variants).toEqual([
      { key: 'control', name: 'As it is', rollout_percentage: 20, split_percent: 20 },
      { key: 'blue', rollout_percentage: 80, split_percent: 80 },
    ]);
    expect(flag.ensure_experience_continuity).toBe(true);
    expect(flag.filters).toMatchObject({
      groups: [{ rollout_percentage: 30 }],
      multivariate: {
        variants: [
          { key: 'control', rollout_percentage: 20 },
          { key: 'blue', rollout_percentage: 80 },
        ],
      },
      payloads: { blue: '"#00f"' },
      aggregation_group_type_index: 1,
    });
  });

  it('uses a flag that is there, and takes its variants for its own', async () => {
    const first = await stage.create(ofVariants(variant('control', 10), variant('red', 90)));
    const key = { feature_flag_key: first.feature_flag_key };
    const second = await stage.create({ ...key, ...ofVariants(control, variant('blue')) });

    expect(second.feature_flag.id).toBe(first.feature_flag.id);
    expect(second.feature_flag.filters).toEqual(first.feature_flag.filters);
    expect(second.parameters.feature_flag_variants.map(({ key: name }: Json) => name)).toEqual([
      'control',
      'red',
    ]);
  });

  it('says what the calculator of running times says in both places', async () => {
    const calculated = { minimum_detectable_effect: 7, exposure_estimate_config: { a: 1 } };
    const ofField = await stage.create({
      running_time_calculation: calculated,
      parameters: { recommended_sample_size: 9, custom_exposure_filter: { b: 2 } },
    });
    const ofParameters = await stage.create({ parameters: calculated });

    expect(ofField.running_time_calculation).toEqual(calculated);
    expect(ofField.parameters).toEqual({ ...calculated, custom_exposure_filter: { b: 2 } });
    expect(ofParameters.running_time_calculation).toEqual(calculated);
  });

  it("takes what it leaves open from the project's settings", async () => {
    must(
      await stage.owner.call('PATCH', `/api/projects/${stage.project}`, {
        default_experiment_stats_method: 'frequentist',
        default_experiment_confidence_level: 0.9,
      }),
    );
    const open = await stage.create();
    const own = await stage.create({
      stats_config: { method: 'bayesian', bayesian: { ci_level: 0.99 } },
      exposure_criteria: { filterTestAccounts: false },
    });

    expect(open.stats_config).toEqual({
      method: 'frequentist',
      bayesian: { ci_level: 0.9 },
      frequentist: { alpha: 0.1 },
    });
    expect(own.stats_config).toMatchObject({ method: 'bayesian', bayesian: { ci_level: 0.99 } });
    expect(own.exposure_criteria).toEqual({ filterTestAccounts: false });
  });
});
