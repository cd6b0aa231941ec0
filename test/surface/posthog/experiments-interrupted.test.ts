import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  archiveExperiment,
  changeExperiment,
  createExposureCohort,
  endExperiment,
  launchExperiment,
  pauseExperiment,
  removeHoldout,
  removeSavedMetric,
  resetExperiment,
  shipVariant,
} from '#domain/abtests/index.ts';
import { changeFlag } from '#domain/flags/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, meanOf, must } from './experiment-stage.ts';

let stage: ExperimentStage;
beforeAll(async () => {
  stage = await experimentStage();
});
afterAll(() => stage.close());

/** A context whose first transaction comes just after something else. */
function interruptedBy(act: () => Promise<unknown>): Context {
  const { system } = stage.app;
  let isOver = false;
  const transact: Context['table']['transact'] = async (writes) => {
    const isFirst = !isOver;
    isOver = true;
    if (isFirst) await act();
    return system.table.transact(writes);
  };
  return { ...system, table: { ...system.table, transact } };
}

const placeOf = ({ id }: Json) => ({ groupId: stage.project, id });
const holdoutOf = ({ feature_flag: { filters } }: Json) => filters.holdout;

describe('what comes between the look and the change', () => {
  it.each<[string, readonly string[], (ctx: Context, at: Json) => Promise<unknown>, object]>([
    ['launch', [], launchExperiment, { status: 'running' }],
    ['pause', ['launch'], pauseExperiment, { status: 'paused' }],
    ['end', ['launch'], (ctx, at) => endExperiment(ctx, at, {}), { status: 'stopped' }],
    ['reset', ['launch'], resetExperiment, { status: 'draft' }],
    ['archive', ['launch', 'end'], archiveExperiment, { archived: true }],
    [
      'ship_variant',
      ['launch'],
      (ctx, at) => shipVariant(ctx, at, { variantKey: 'test', toEveryone: false }),
      { status: 'stopped' },
    ],
    [
      'change',
      [],
      (ctx, at) => changeExperiment(ctx, at, { description: 'new' }),
      { description: 'new' },
    ],
    ['cohort', ['launch'], createExposureCohort, { exposure_cohort: expect.any(Number) }],
  ])('%s after %j keeps it, and is done', async (_, verbs, act, done) => {
    const made = await stage.create();
    if (verbs.length > 0) await stage.steps(made.id, ...verbs);
    const ctx = interruptedBy(() => stage.patch(made.id, { name: 'Between' }));
    await act(ctx, placeOf(made));

    expect(await stage.get(`experiments/${made.id}`)).toMatchObject({ name: 'Between', ...done });
  });

  it('is an end: then there is nothing to pause', async () => {
    const made = await stage.create({ start_date: '2026-01-01' });
    const ctx = interruptedBy(() => stage.steps(made.id, 'end'));

    await expect(pauseExperiment(ctx, placeOf(made))).rejects.toThrow('has already ended');
    expect(await stage.flagOf(made)).toMatchObject({ active: true });
  });

  it('is the end of the flag, though it was on already: then nothing is launched', async () => {
    const made = await stage.create();
    const flag = placeOf(made.feature_flag);
    const turn = (fields: object) =>
      changeFlag(stage.app.system, { ...flag, change: () => fields });
    await turn({ active: true });
    const launched = launchExperiment(
      interruptedBy(() => turn({ deleted: true })),
      placeOf(made),
    );

    await expect(launched).rejects.toThrow('its feature flag has been deleted');
    expect(await stage.get(`experiments/${made.id}`)).toMatchObject({ status: 'draft' });
  });

  it('is an experiment that takes the holdout: then it is freed before that is removed', async () => {
    const filters = [{ rollout_percentage: 5 }];
    const path = stage.at('experiment_holdouts');
    const holdout = must(await stage.owner.post(path, { name: 'Few', filters }));
    let made: Json;
    const ctx = interruptedBy(async () => {
      made = await stage.create({ holdout_id: holdout.id });
    });
    await removeHoldout(ctx, placeOf(holdout));
    const after = await stage.get(`experiments/${made.id}`);

    expect(holdoutOf(made)).toMatchObject({ id: holdout.id });
    expect(holdoutOf(after)).toBeNull();
    const { body } = await stage.patch(made.id, { holdout_id: null });
    expect(body.feature_flag.version).toBe(after.feature_flag.version);
  });

  it('is an experiment that takes the metric: then it is freed before that is removed', async () => {
    const path = stage.at('experiment_saved_metrics');
    const metric = must(await stage.owner.post(path, { name: 'x', query: meanOf('a') }));
    let made: Json;
    const ctx = interruptedBy(async () => {
      made = await stage.create({ saved_metrics_ids: [{ id: metric.id }] });
    });
    await removeSavedMetric(ctx, placeOf(metric));
    const after = await stage.get(`experiments/${made.id}`);

    expect(made.primary_metrics_ordered_uuids).toEqual([metric.query.uuid]);
    expect(after.primary_metrics_ordered_uuids).toEqual([]);
  });
});
