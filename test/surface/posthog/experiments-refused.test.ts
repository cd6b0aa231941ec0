import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExperimentStage, experimentStage, refusal } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const variant = (key: string, rollout_percentage = 50) => ({ key, rollout_percentage });
const control = variant('control');
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => variant(index === 0 ? 'control' : `v${index}`, 1));
const ofVariants = (...feature_flag_variants: unknown[]) => ({
  parameters: { feature_flag_variants },
});
const P = 'parameters';
const GOT =
  /^Feature flag variants must contain a variant with key 'control'.*Got keys: \['a', 'b'\]/;
const FEW = 'Feature flag must have at least 2 variants (control and at least one test variant)';
const PERCENT =
  'Each variant must include split_percent (recommended) or rollout_percentage (deprecated).';
const excluding = (excluded_variants: unknown, keys = ['control', 'a', 'b']) => ({
  parameters: {
    ...(keys.length > 0 && {
      feature_flag_variants: keys.map((key, index) => variant(key, index === 0 ? 100 : 0)),
    }),
    excluded_variants,
  },
});
const calculation = (key: string, value: unknown) => ({
  running_time_calculation: { [key]: value },
});
const R = 'running_time_calculation';

describe('an experiment is not made', () => {
  it.each<[string, object, unknown, string | null, string?]>([
    ['without a name', { name: undefined }, 'This field is required.', 'name', 'required'],
    ['with null as its name', { name: null }, 'This field may not be null.', 'name', 'null'],
    ['with an empty name', { name: ' ' }, 'This field may not be blank.', 'name', 'blank'],
    ['with a long name', { name: 'x'.repeat(401) }, /no more than 400 char/, 'name', 'max_length'],
    ['with a number as its name', { name: 1 }, 'Not a valid string.', 'name'],
    ['with a NUL', { name: 'a\u0000b' }, 'Null characters are not allowed.', 'name'],
    [
      'without a key',
      { feature_flag_key: undefined },
      'This field is required.',
      'feature_flag_key',
      'required',
    ],
    [
      'with a long description',
      { description: 'x'.repeat(3001) },
      /no more than 3000/,
      'description',
      'max_length',
    ],
    ['of another type', { type: 'app' }, '"app" is not a valid choice.', 'type', 'invalid_choice'],
    [
      'with another conclusion',
      { conclusion: 'x' },
      '"x" is not a valid choice.',
      'conclusion',
      'invalid_choice',
    ],
    [
      'with a date that is none',
      { start_date: '2026-13-01' },
      /^Datetime has wrong format/,
      'start_date',
    ],
    [
      'that ends before it begins',
      { start_date: '2026-02-01', end_date: '2026-01-01' },
      'End date must be after start date',
      null,
    ],
    [
      'that ends as it begins',
      { start_date: '2026-02-01', end_date: '2026-02-01T00:00Z' },
      'End date must be after start date',
      null,
    ],
    [
      'of a holdout that is not there',
      { holdout_id: 99 },
      'Invalid pk "99" - object does not exist.',
      'holdout_id',
      'does_not_exist',
    ],
    [
      'with filters for all',
      { filters: { properties: [{ key: 'a' }] } },
      'Experiments do not support global filter properties',
      'filters',
    ],
    ['with parameters that are a list', { parameters: [] }, 'Expected a dictionary of items.', P],
    [
      'of a variant that is a text',
      ofVariants(control, 'x'),
      'Feature flag variant at index 1 must be an object',
      P,
    ],
    [
      'of a variant without a key',
      ofVariants({ rollout_percentage: 1 }),
      "Feature flag variant at index 0 must have a 'key' field",
      P,
    ],
    ['of a variant without a share', ofVariants(control, { key: 'a' }), PERCENT, P],
    ['of 21 variants', ofVariants(...many(21)), 'Feature flag variants must be less than 21', P],
    ['of one variant', ofVariants(control), FEW, P],
    ['without control', ofVariants(variant('a'), variant('b')), GOT, P],
    [
      'of shares that are not all',
      ofVariants(control, variant('a', 40)),
      'Invalid variant definitions: Variant rollout percentages must sum to 100.',
      expect.anything() as never,
    ],
    ['of two variants alike', ofVariants(control, variant('a', 25), variant('a', 25)), /unique/, P],
    [
      'with a rollout beyond 100',
      { parameters: { rollout_percentage: 101 } },
      'rollout_percentage must be between 0 and 100',
      P,
    ],
    ['that excludes no list', excluding('a'), 'excluded_variants must be a list of strings', P],
    ['that excludes numbers', excluding([1]), 'excluded_variants must be a list of strings', P],
    [
      'that excludes of variants that it does not name',
      excluding(['a'], []),
      /feature_flag_variants/,
      P,
    ],
    [
      'that excludes a holdout',
      excluding(['holdout-1']),
      "cannot exclude holdout pseudo-variants: ['holdout-1']",
      P,
    ],
    [
      'that excludes its baseline',
      excluding(['control']),
      "baseline variant cannot be excluded ('control')",
      P,
    ],
    ['that excludes strangers', excluding(['z']), "unknown variants for this experiment: ['z']", P],
    [
      'that excludes all',
      excluding(['a', 'b']),
      'at least one test variant must remain in analysis',
      P,
    ],
    [
      'with a stranger calculation',
      calculation('x', 1),
      "running_time_calculation got unknown keys: ['x']",
      R,
    ],
    [
      'with a text for an effect',
      calculation('minimum_detectable_effect', '1'),
      'minimum_detectable_effect must be a number',
      R,
    ],
    [
      'with a text for a time',
      calculation('recommended_running_time', true),
      'recommended_running_time must be a number',
      R,
    ],
    [
      'with a number for an estimate',
      calculation('exposure_estimate_config', 1),
      'exposure_estimate_config must be an object',
      R,
    ],
    [
      'by a strange method',
      { stats_config: { method: 'x' } },
      "Invalid stats method: 'x'. Must be one of: bayesian, frequentist",
      'stats_config',
    ],
    [
      'against a baseline that it has not',
      { stats_config: { baseline_variant_key: 'x' } },
      /^Invalid baseline_variant_key: /,
      'stats_config',
    ],
  ])('%s', async (_, fields, detail, attr, code) => {
    const key = `not-${Math.abs(JSON.stringify(fields).length)}-${_.length}`;
    const answer = await stage.call('POST', '/', { name: 'x', feature_flag_key: key, ...fields });

    const text = detail instanceof RegExp ? expect.stringMatching(detail) : detail;
    expect(answer).toMatchObject(refusal(text, attr, code));
    expect((await stage.get(`experiments/?search=${encodeURIComponent('x')}`)).results).toEqual([]);
  });

  it('of a flag with no control', async () => {
    const parameters = { feature_flag_variants: [control, variant('a')] };
    const { body } = await stage.call('POST', '/', {
      name: 'x',
      feature_flag_key: '*',
      parameters,
    });

    expect(body).toMatchObject({ type: 'validation_error', attr: expect.stringMatching(/key$/) });
  });

  it('by others than those who may write in the project', async () => {
    const stranger = await stage.app.newUser();
    const answer = await stranger.post(stage.at('experiments'), {
      name: 'x',
      feature_flag_key: 'y',
    });

    expect(answer).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
  });
});
