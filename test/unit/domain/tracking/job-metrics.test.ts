import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRun,
  getRun,
  jobMetricHistory,
  latestJobMetrics,
  latestOf,
  logJobMetric,
  type MetricOwner,
} from '#domain/tracking/index.ts';
import { openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

const log = (owner: MetricOwner, step: number, value: number, timestamp = shop.clock.now()) =>
  logJobMetric(shop.alice, { owner, name: 'acc', step, value, timestamp });

const history = async (owner: MetricOwner, offset = 0, limit = 100) => {
  const { rows, total } = await jobMetricHistory(shop.alice, { owner, name: 'acc', offset, limit });
  return { values: rows.map(({ step, value }) => [step, value]), total };
};

describe.each(['a run', 'no run'])('metrics of a job with %s', (kind) => {
  let owner: MetricOwner;
  beforeAll(async () => {
    const { experimentId } = shop;
    const { run } = await createRun(shop.alice, { experimentId, user: '', startTime: 0, tags: [] });
    owner = {
      groupId: 1,
      jobId: kind === 'a run' ? 1 : 2,
      ...(kind === 'a run' ? { runId: run.id } : {}),
    };
  });

  it('overwrite a step, also by a lower value, in the same moment or with an earlier time', async () => {
    await log(owner, 1, 0.5);
    await log(owner, 0, 0.9);
    await log(owner, 1, 0.4);
    expect(await latestJobMetrics(shop.alice, owner)).toMatchObject([
      { name: 'acc', step: 1, value: 0.4 },
    ]);
    expect((await history(owner)).values).toEqual([
      [0, 0.9],
      [1, 0.4],
    ]);
    shop.clock.advance(10);
    shop.platform.cache.clear();
    await log(owner, 1, 0.3, 5);

    expect(await history(owner)).toEqual({
      values: [
        [0, 0.9],
        [1, 0.3],
      ],
      total: 2,
    });
    expect(await latestJobMetrics(shop.alice, owner)).toEqual([
      { name: 'acc', step: 1, value: 0.3, timestamp: 5 },
    ]);
  });

  it('come in pages and keep NaN and infinities', async () => {
    await log(owner, 2, Number.NaN);
    await log(owner, 3, Number.NEGATIVE_INFINITY);

    expect(await history(owner, 1, 2)).toEqual({
      values: [
        [1, 0.3],
        [2, Number.NaN],
      ],
      total: 4,
    });
    expect((await latestJobMetrics(shop.alice, owner))[0]?.value).toBe(Number.NEGATIVE_INFINITY);
    if (owner.runId !== undefined) {
      const metrics = latestOf(await getRun(shop.alice, owner.runId));
      expect(metrics).toMatchObject([{ key: 'acc', step: 3n }]);
    }
  });

  it('are written by the job itself and by writers of its group alone', async () => {
    const input = { owner, name: 'other', step: 0, value: 1, timestamp: 1 };
    await logJobMetric(shop.child({ jobId: owner.jobId, runId: '' }), input);

    await expect(logJobMetric(shop.child({ jobId: 99, runId: '' }), input)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(logJobMetric(shop.bob, input)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(latestJobMetrics(shop.carol, owner)).rejects.toMatchObject({ code: 'not_found' });
    expect((await latestJobMetrics(shop.bob, owner)).map(({ name }) => name)).toEqual([
      'acc',
      'other',
    ]);
  });
});
