import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeFlag } from '#domain/flags/index.ts';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, refusal } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

describe('without a flag', () => {
  const DELETED = 'Experiment cannot be launched because its feature flag has been deleted.';
  const NONE = 'Experiment does not have a linked feature flag.';
  const deleteFlag = ({ feature_flag: { id } }: Json) =>
    changeFlag(stage.app.system, {
      groupId: stage.project,
      id,
      change: () => ({ deleted: true }),
    });

  it('no draft is launched, nor brought back', async () => {
    const draft = await stage.create();
    await deleteFlag(draft);
    const launch = await stage.call('POST', `/${draft.id}/launch`);
    const start = await stage.patch(draft.id, { start_date: '2026-01-01' });
    const named = await stage.patch(draft.id, { name: 'Named', parameters: { a: 1 } });
    await stage.patch(draft.id, { deleted: true });
    const restored = await stage.patch(draft.id, { deleted: false });

    expect(launch).toMatchObject(refusal(DELETED));
    expect(start).toMatchObject(refusal(DELETED));
    expect(named).toMatchObject({ status: 200, body: { feature_flag: { deleted: true } } });
    const text = /^Cannot restore experiment: the linked feature flag has been deleted\. /;
    expect(restored).toMatchObject(refusal(expect.stringMatching(text)));
  });

  it.each(['pause', 'resume', 'ship_variant', 'create_exposure_cohort_for_experiment'])(
    'there is no %s, but an end',
    async (verb) => {
      const running = await stage.steps((await stage.create()).id, 'launch');
      await deleteFlag(running);
      const answer = await stage.call('POST', `/${running.id}/${verb}`, { variant_key: 'test' });
      const ended = await stage.call('POST', `/${running.id}/end`);

      expect(answer).toMatchObject(refusal(NONE));
      expect(ended).toMatchObject({ status: 200, body: { status: 'stopped' } });
    },
  );

  it.each([
    ['one variant', [{ key: 'control', rollout_percentage: 100 }], /at least 2 variants/],
    [
      'no control',
      ['a', 'b'].map((key) => ({ key, rollout_percentage: 50 })),
      /must have a variant with key 'control'/,
    ],
  ])('that compares, but one of %s, none is launched or made', async (_, variants, text) => {
    const draft = await stage.create();
    const { id, key } = draft.feature_flag;
    await changeFlag(stage.app.system, {
      groupId: stage.project,
      id,
      change: ({ filters }) => ({ filters: { ...filters, multivariate: { variants } } }),
    });
    const launch = await stage.call('POST', `/${draft.id}/launch`);
    const made = await stage.call('POST', '/', { name: 'x', feature_flag_key: key });

    expect(launch).toMatchObject(refusal(expect.stringMatching(text)));
    expect(made).toMatchObject(refusal(expect.stringMatching(text), 'feature_flag_key'));
  });
});
