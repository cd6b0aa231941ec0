import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, must, refusal } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

const variants = (...shares: readonly (readonly [string, number])[]) =>
  shares.map(([key, rollout_percentage]) => ({ key, rollout_percentage }));
const two = variants(['control', 50], ['a', 50]);
const changed = async (id: number, fields: object): Promise<Json> =>
  must(await stage.patch(id, fields));

describe('a change', () => {
  it('of some fields leaves the others', async () => {
    const before = await stage.create({ description: 'old', conclusion: 'won' });
    stage.app.clock.advance(1_000);
    const after = await changed(before.id, { description: null, conclusion_comment: 'why' });

    const { description, conclusion_comment, updated_at } = after;
    expect({ description, conclusion_comment }).toEqual({
      description: null,
      conclusion_comment: 'why',
    });
    expect({ ...after, description: 'old', conclusion_comment: null }).toEqual({
      ...before,
      updated_at,
    });
    expect(updated_at > before.updated_at).toBe(true);
  });

  it('as a whole needs name and key', async () => {
    const { id, feature_flag_key } = await stage.create();
    const whole = await stage.call('PUT', `/${id}`, { name: 'New', feature_flag_key });
    const part = await stage.call('PUT', `/${id}`, { name: 'New' });

    expect(whole).toMatchObject({ status: 200, body: { name: 'New' } });
    expect(part).toMatchObject(refusal('This field is required.', 'feature_flag_key', 'required'));
  });

  it('of the parameters of a draft is one of its flag', async () => {
    const { id } = await stage.create({
      parameters: { feature_flag_variants: two, feature_flag_payloads: { a: '1' } },
    });
    const three = variants(['control', 20], ['b', 30], ['c', 50]);
    const after = await changed(id, {
      parameters: { feature_flag_variants: three, rollout_percentage: 12 },
    });

    const { filters, version } = after.feature_flag;
    expect(filters.multivariate.variants).toEqual(three);
    expect(filters).toMatchObject({ groups: [{ rollout_percentage: 12 }], payloads: {} });
    expect(version).toBe(2);
    expect(after.parameters).not.toHaveProperty('feature_flag_payloads');
  });

  it('of what has nothing to do with the flag leaves it as it is', async () => {
    const { id, feature_flag: before } = await stage.create();
    const after = await changed(id, { name: 'Other', metrics: [], exposure_criteria: {} });

    expect(after.feature_flag).toEqual(before);
  });

  it('of shares after the launch reaches the flag only if that is asked for', async () => {
    const { id } = await stage.create({ parameters: { feature_flag_variants: two } });
    await stage.steps(id, 'launch');
    const parameters = { feature_flag_variants: variants(['control', 10], ['a', 90]) };
    const without = await changed(id, { parameters });
    const withFlag = await changed(id, { parameters, update_feature_flag_params: true });

    const shares = ({ feature_flag }: Json) => feature_flag.filters.multivariate.variants;
    expect(shares(without)).toEqual(two);
    expect(without.parameters.feature_flag_variants[1]).toMatchObject({ rollout_percentage: 90 });
    expect(shares(withFlag)).toEqual(parameters.feature_flag_variants);
  });

  it('of the start of a draft launches it', async () => {
    const { id } = await stage.create();
    const after = await changed(id, { start_date: '2026-01-01T00:00:00Z' });

    expect(after).toMatchObject({ status: 'running', feature_flag: { active: true } });
  });

  it('of one date alone is compared with nothing', async () => {
    const { id } = await stage.create({ start_date: '2026-01-01' });
    const after = await changed(id, { end_date: '2020-01-01' });

    expect(after).toMatchObject({ status: 'stopped', end_date: '2020-01-01T00:00:00.000Z' });
  });

  it('archives without being asked whether it has ended', async () => {
    const { id } = await stage.create();

    expect(await changed(id, { archived: true })).toMatchObject({ archived: true });
  });

  it('removes, and brings back', async () => {
    const { id, feature_flag: before } = await stage.create();
    const removed = await changed(id, { deleted: true });
    const gone = [await stage.call('GET', `/${id}`), await stage.patch(id, { name: 'x' })];
    const listed = await stage.get('experiments?limit=1000');
    const back = await changed(id, { deleted: false, name: 'Back' });

    expect(removed).toMatchObject({ deleted: true });
    expect(gone.map(({ status }) => status)).toEqual([404, 404]);
    expect(listed.results.map((each: Json) => each.id)).not.toContain(id);
    expect(back).toMatchObject({ deleted: false, name: 'Back' });
    expect(back.feature_flag).toMatchObject({ id: before.id, active: false });
  });

  it.each([{ method: 'POST' }, { method: 'GET' }, { method: 'DELETE' }])(
    'of one that is not there answers 404, and $method of its address not 200',
    async ({ method }) => {
      const change = await stage.patch(4_711, { name: 'x' });
      const other = await stage.call(method, '/4711', {});

      expect(change).toMatchObject({ status: 404, body: { code: 'not_found', attr: null } });
      expect(other.status).toBeGreaterThanOrEqual(404);
    },
  );
});

const FROZEN = "Can't update feature_flag_variants on Experiment";
const KEYS = "Can't update keys: get_feature_flag_key on Experiment";

describe('a change is refused', () => {
  it.each<[string, readonly string[], object, string, string | null]>([
    ['of the key', [], { feature_flag_key: 'another' }, KEYS, null],
    [
      'of the dates, against each other',
      [],
      { start_date: '2026-02-01', end_date: '2026-01-01' },
      'End date must be after start date',
      null,
    ],
    [
      'of filters for all',
      [],
      { filters: { properties: [1] } },
      'Experiments do not support global filter properties',
      'filters',
    ],
    [
      'of parameters that are wrong',
      [],
      { parameters: { feature_flag_variants: [1] } },
      'Feature flag variant at index 0 must be an object',
      'parameters',
    ],
    [
      'of how many variants there are',
      ['launch'],
      { parameters: { feature_flag_variants: variants(['control', 50], ['a', 25], ['b', 25]) } },
      FROZEN,
      'parameters',
    ],
    [
      'of what variants are called',
      ['launch'],
      { parameters: { feature_flag_variants: variants(['control', 50], ['b', 50]) } },
      FROZEN,
      'parameters',
    ],
    [
      'of the variants, at the end',
      ['launch', 'end'],
      {
        parameters: { feature_flag_variants: variants(['control', 50], ['b', 50]) },
        update_feature_flag_params: true,
      },
      FROZEN,
      'parameters',
    ],
    [
      'of the holdout',
      ['launch'],
      { holdout_id: 99 },
      "Can't update holdout on running Experiment",
      'holdout_id',
    ],
    [
      'of the method',
      [],
      { stats_config: { method: 'guess' } },
      "Invalid stats method: 'guess'. Must be one of: bayesian, frequentist",
      'stats_config',
    ],
    ['of metrics that are none', [], { metrics: {} }, 'Metrics must be a list', 'metrics'],
  ])('%s after %j', async (_, verbs, fields, detail, attr) => {
    const { id } = await stage.create({ parameters: { feature_flag_variants: two } });
    if (verbs.length > 0) await stage.steps(id, ...verbs);
    const before = await stage.get(`experiments/${id}`);
    const answer = await stage.patch(id, fields);

    expect(answer).toMatchObject(refusal(detail, attr));
    expect(await stage.get(`experiments/${id}`)).toEqual(before);
  });

  it('by whoever may only read', async () => {
    const { id } = await stage.create();
    const { token } = await stage.owner.newToken(['experiment:read']);
    const answer = await stage.app.bearer(token).call('PATCH', stage.at(`experiments/${id}`), {});

    expect(answer).toMatchObject({
      status: 403,
      body: { detail: "API key missing required scope 'experiment:write'" },
    });
  });
});
