import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSurface, type Surface } from './support.ts';

let api: Surface;
beforeAll(async () => {
  api = await openSurface();
});
afterAll(() => api.close());

const values = [1, 'NaN', 'Infinity', -2.5, '-Infinity', 3];

async function runWithValues(): Promise<string> {
  const run_id = await api.newRun();
  const metrics = values.map((value, at) => ({ key: 'm', value, timestamp: 100 - at, step: at }));
  await api.post('/runs/log-batch', { run_id, metrics });
  return run_id;
}

const ask = (body: object) => api.post('/metrics/get-series', { metric_key: 'm', ...body });

it('tells of each run its points, what is no number by name', async () => {
  const [one, other, empty] = [await runWithValues(), await runWithValues(), await api.newRun()];

  const { status, json } = await ask({ run_ids: [other, empty, one, other] });

  const whole = { total: 6, sampled: false, values };
  const points = { steps: [0, 1, 2, 3, 4, 5], timestamps: [100, 99, 98, 97, 96, 95] };
  expect([status, json]).toEqual([
    200,
    {
      series: [
        { run_id: other, ...whole, ...points },
        { run_id: empty, total: 0, sampled: false, steps: [], timestamps: [], values: [] },
        { run_id: one, ...whole, ...points },
      ],
      as_of: api.shop.clock.now(),
    },
  ]);
});

it('goes by time, within a range, with both ends', async () => {
  const { json } = await ask({
    run_ids: [await runWithValues()],
    x: 'time',
    start: 95,
    end: '96',
  });

  expect(json.series).toMatchObject([{ total: 2, timestamps: [95, 96], steps: [5, 4] }]);
});

it('samples what is longer, with its spike and its gap', async () => {
  const run_id = await api.newRun();
  const metrics = Array.from({ length: 900 }, (_, step) => ({
    key: 'm',
    value: 0,
    timestamp: 1,
    step,
  }));
  metrics[411] = { key: 'm', value: 7, timestamp: 1, step: 411 };
  metrics[612] = { key: 'm', value: 'NaN' as unknown as number, timestamp: 1, step: 612 };
  await api.post('/runs/log-batch', { run_id, metrics });

  const { json } = await ask({ run_ids: [run_id], max_points: 50 });
  const [series] = json.series;

  expect(series).toMatchObject({ total: 900, sampled: true });
  expect(series.steps.length).toBeLessThanOrEqual(50);
  expect(series.values.filter((value: unknown) => value !== 0)).toEqual([7, 'NaN']);
  expect([series.steps[0], series.steps.at(-1)]).toEqual([0, 899]);
});

it('refuses what cannot be drawn', async () => {
  const run_ids = [await runWithValues()];
  for (const wrong of [
    { run_ids: [] },
    { run_ids, metric_key: '' },
    { run_ids, max_points: 9 },
    { run_ids, max_points: 5_001 },
    { run_ids, x: 'epoch' },
    { run_ids, start: 3, end: 2 },
    { run_ids: Array.from({ length: 101 }, () => run_ids[0]) },
  ]) {
    expect((await ask(wrong)).status).toBe(400);
  }
});
