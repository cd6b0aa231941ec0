import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, refusal } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

/** An experiment that has gone these steps. */
async function gone(...verbs: readonly string[]): Promise<Json> {
  const made = await stage.create();
  return verbs.length === 0 ? made : stage.steps(made.id, ...verbs);
}
const now = () => new Date(stage.app.clock.now()).toISOString();

describe('a step', () => {
  it('launch begins now, switches the flag on and makes other results of it', async () => {
    const metrics = [
      { kind: 'ExperimentMetric', metric_type: 'mean', source: { kind: 'EventsNode', event: 'e' } },
    ];
    const draft = await stage.create({ metrics });
    const running = await stage.steps(draft.id, 'launch');

    expect(running).toMatchObject({ status: 'running', start_date: now() });
    expect(running.feature_flag).toMatchObject({ active: true, version: 2 });
    expect(running.metrics[0].uuid).toBe(draft.metrics[0].uuid);
    expect(running.metrics[0].fingerprint).not.toBe(draft.metrics[0].fingerprint);
  });

  it('pause and resume turn the flag alone', async () => {
    const running = await gone('launch');
    stage.app.clock.advance(1_000);
    const paused = await stage.steps(running.id, 'pause');
    const resumed = await stage.steps(running.id, 'resume');

    expect(paused).toMatchObject({ status: 'paused', updated_at: running.updated_at });
    expect(paused.feature_flag).toMatchObject({ active: false, version: 3 });
    expect(resumed).toMatchObject({ status: 'running' });
    expect(resumed.feature_flag).toMatchObject({ active: true, version: 4 });
  });

  it('end overwrites what was concluded, and leaves the flag alone', async () => {
    const running = await gone('launch');
    await stage.patch(running.id, { conclusion: 'won', conclusion_comment: 'early' });
    const { body: ended } = await stage.call('POST', `/${running.id}/end`);

    expect(ended).toMatchObject({ status: 'stopped', end_date: now(), conclusion: null });
    expect(ended.conclusion_comment).toBeNull();
    expect(ended.feature_flag).toEqual(running.feature_flag);
  });

  it('end takes a conclusion', async () => {
    const { id } = await gone('launch');
    const verdict = { conclusion: 'inconclusive', conclusion_comment: 'too few' };
    const { body: ended } = await stage.call('POST', `/${id}/end`, verdict);

    expect(ended).toMatchObject(verdict);
  });

  it('reset makes a draft again, but for the flag', async () => {
    const { id, feature_flag: flag } = await gone('launch', 'end', 'archive');
    const draft = await stage.steps(id, 'reset');

    expect(draft).toMatchObject({ status: 'draft', start_date: null, end_date: null });
    expect(draft).toMatchObject({ archived: false, conclusion: null, conclusion_comment: null });
    expect(draft.feature_flag).toEqual(flag);
    expect((await stage.steps(id, 'launch')).feature_flag).toEqual(flag);
  });

  it('archive and unarchive put it away and get it back', async () => {
    const { id } = await gone('launch', 'end', 'archive');
    const listed = async () => (await stage.get(`experiments?search=&limit=1000`)).results;

    expect((await listed()).map((each: Json) => each.id)).not.toContain(id);
    expect(await stage.steps(id, 'unarchive')).toMatchObject({ archived: false });
    expect((await listed()).map((each: Json) => each.id)).toContain(id);
  });
});

describe('a variant that is shipped', () => {
  const shares = ({ feature_flag: { filters } }: Json) =>
    filters.multivariate.variants.map(({ key, rollout_percentage }: Json) => [
      key,
      rollout_percentage,
    ]);

  it('is what all who take part see, and ends the experiment', async () => {
    const running = await gone('launch');
    const path = `/${running.id}/ship_variant`;
    const { body } = await stage.call('POST', path, { variant_key: 'test', conclusion: 'won' });

    expect(body).toMatchObject({ status: 'stopped', end_date: now(), conclusion: 'won' });
    expect(shares(body)).toEqual([
      ['control', 0],
      ['test', 100],
    ]);
    expect(body.feature_flag.filters.groups).toEqual(running.feature_flag.filters.groups);
    expect(body.feature_flag.active).toBe(true);
  });

  it('reaches everyone if that is wished', async () => {
    const { id } = await gone('launch');
    const body = { variant_key: 'control', release_to_everyone: true };
    const answer = await stage.call('POST', `/${id}/ship_variant`, body);

    const { groups } = answer.body.feature_flag.filters;
    expect(groups).toHaveLength(2);
    expect(groups[0]).toMatchObject({
      properties: [],
      rollout_percentage: 100,
      description: expect.any(String),
    });
    const again = await stage.call('POST', `/${id}/ship_variant`, body);
    expect(again.body.feature_flag).toEqual(answer.body.feature_flag);
  });

  it('may be shipped after the end, which then stays with its conclusion', async () => {
    const { id } = await gone('launch');
    await stage.call('POST', `/${id}/end`, { conclusion: 'lost', conclusion_comment: 'no' });
    const end = now();
    stage.app.clock.advance(1_000);
    const answer = await stage.call('POST', `/${id}/ship_variant`, { variant_key: 'control' });

    expect(answer.body).toMatchObject({ end_date: end, conclusion: 'lost' });
    expect(answer.body.conclusion_comment).toBe('no');
    expect(shares(answer.body)[0]).toEqual(['control', 100]);
  });

  it.each([
    [[], 'test', 'Experiment has not been launched yet.', null],
    [['launch'], 'blue', "Variant 'blue' not found on feature flag.", null],
    [['launch'], undefined, 'This field is required.', 'variant_key'],
  ])('after %j it is not %j', async (verbs, variant_key, detail, attr) => {
    const { id } = await gone(...verbs);
    const answer = await stage.call('POST', `/${id}/ship_variant`, { variant_key });

    const code = attr === null ? 'invalid_input' : 'required';
    expect(answer).toMatchObject(refusal(detail, attr, code));
  });
});

const LAUNCHED = 'Experiment has already been launched.';
const DRAFT = 'Experiment has not been launched yet.';
const ENDED = 'Experiment has already ended.';

describe('a step is refused', () => {
  it.each<[string, readonly string[], string]>([
    ['launch', ['launch'], LAUNCHED],
    ['launch', ['launch', 'pause'], LAUNCHED],
    ['launch', ['launch', 'end'], LAUNCHED],
    ['pause', [], DRAFT],
    ['pause', ['launch', 'end'], ENDED],
    ['pause', ['launch', 'pause'], 'Experiment is already paused.'],
    ['resume', [], DRAFT],
    ['resume', ['launch', 'end'], ENDED],
    ['resume', ['launch'], 'Experiment is not paused.'],
    ['end', [], DRAFT],
    ['end', ['launch', 'end'], ENDED],
    ['reset', [], 'Experiment is already in draft state.'],
    ['archive', [], 'Experiment must be ended before it can be archived.'],
    ['archive', ['launch'], 'Experiment must be ended before it can be archived.'],
    ['archive', ['launch', 'end', 'archive'], 'Experiment is already archived.'],
    ['unarchive', ['launch', 'end'], 'Experiment is not archived.'],
    ['create_exposure_cohort_for_experiment', [], 'Experiment does not have a start date.'],
    [
      'create_exposure_cohort_for_experiment',
      ['launch', 'create_exposure_cohort_for_experiment'],
      'Experiment already has an exposure cohort',
    ],
  ])('%s after %j', async (verb, verbs, detail) => {
    const { id } = await stage.create();
    if (verbs.length > 0) await stage.steps(id, ...verbs);
    const before = await stage.get(`experiments/${id}`);
    const answer = await stage.call('POST', `/${id}/${verb}`);

    expect(answer).toMatchObject(refusal(detail));
    expect(await stage.get(`experiments/${id}`)).toEqual(before);
  });

  it.each(['launch', 'pause', 'resume', 'end', 'reset', 'archive', 'unarchive', 'duplicate'])(
    '%s of what is deleted or was never there',
    async (verb) => {
      const { id } = await gone('launch');
      await stage.patch(id, { deleted: true });
      const answers = await Promise.all(
        [id, 99_999].map((each) => stage.call('POST', `/${each}/${verb}`)),
      );

      expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
        [404, 'not_found'],
        [404, 'not_found'],
      ]);
    },
  );
});
