import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createRun,
  logMetrics,
  MAX_INT64,
  MIN_INT64,
  metricHistory,
  metricSeries,
} from '#domain/tracking/index.ts';
import { openWorkshop, type Workshop } from './support.ts';

let shop: Workshop;

beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

type Triple = readonly [bigint, bigint, number];

async function runWith(points: readonly Triple[]): Promise<string> {
  const { alice, experimentId } = shop;
  const { run } = await createRun(alice, { experimentId, user: 'alice', startTime: 1, tags: [] });
  for (let at = 0; at < points.length; at += 7) {
    const some = points.slice(at, at + 7);
    await logMetrics(alice, {
      runId: run.id,
      points: some.map(([step, timestamp, value]) => ({ key: 'm', step, timestamp, value })),
    });
  }
  return run.id;
}

const textOf = (point: readonly unknown[]): string =>
  point.map((part) => (Object.is(part, -0) ? '-0' : String(part))).join(' ');

/** What is stored, as the history tells it: by time. */
async function storedIn(runId: string): Promise<readonly Triple[]> {
  const { points } = await metricHistory(shop.alice, { runId, key: 'm', limit: 100_000 });
  return points.map(({ step, timestamp, value }) => [step, timestamp, value]);
}

type Question = Omit<Parameters<typeof metricSeries>[1], 'runId' | 'key'>;

async function asked(runId: string, question: Question) {
  const series = await metricSeries(shop.alice, { runId, key: 'm', ...question });
  const points = [...series.values].map((value, at) =>
    textOf([series.steps[at], series.timestamps[at], value]),
  );
  return { total: series.total, points };
}

const aValue = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.NaN));
const aStep = fc.oneof(
  { weight: 20, arbitrary: fc.bigInt({ min: -5n, max: 50n }) },
  { weight: 1, arbitrary: fc.constantFrom(MIN_INT64, MAX_INT64, 2n ** 53n, -(2n ** 52n)) },
);
const aTime = fc.oneof(
  { weight: 20, arbitrary: fc.bigInt({ min: 0n, max: 50n }) },
  { weight: 1, arbitrary: fc.constantFrom(MAX_INT64, 2n ** 53n + 1n) },
);
const somePoints = fc.array(fc.tuple(aStep, aTime, aValue), { maxLength: 60 });

it('answers with stored points alone, of few all, whatever their integers are', async () => {
  await fc.assert(
    fc.asyncProperty(somePoints, fc.integer({ min: 7, max: 40 }), async (points, most) => {
      const runId = await runWith(points);
      const stored = (await storedIn(runId)).map(textOf);

      const byTime = await asked(runId, { axis: 'time', most: 100 });
      expect(byTime).toEqual({ total: stored.length, points: stored });

      const byStep = await asked(runId, { axis: 'step', most });
      expect(byStep.total).toBe(stored.length);
      expect(byStep.points.length).toBeLessThanOrEqual(most);
      expect(byStep.points.every((point) => stored.includes(point))).toBe(true);
      const steps = byStep.points.map((point) => BigInt(point.split(' ')[0] ?? ''));
      expect(steps).toEqual(steps.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
    }),
    { numRuns: 60 },
  );
});

it('keeps to a range of its axis, both ends within', async () => {
  const points = Array.from({ length: 30 }, (_, at): Triple => [BigInt(30 - at), BigInt(at), at]);
  const runId = await runWith(points);

  const byStep = await asked(runId, { axis: 'step', from: 10n, to: 12n, most: 100 });
  expect(byStep).toEqual({ total: 3, points: ['10 20 20', '11 19 19', '12 18 18'] });
  const byTime = await asked(runId, { axis: 'time', to: 1n, most: 100 });
  expect(byTime).toEqual({ total: 2, points: ['30 0 0', '29 1 1'] });
  const nothing = await asked(runId, { axis: 'step', from: 31n, most: 100 });
  expect(nothing).toEqual({ total: 0, points: [] });
});

it('is for whoever may read the run', async () => {
  const runId = await runWith([[1n, 1n, 1]]);
  const question = { runId, key: 'm', axis: 'step', most: 100 } as const;

  expect((await metricSeries(shop.bob, question)).total).toBe(1);
  await expect(metricSeries(shop.carol, question)).rejects.toMatchObject({ code: 'not_found' });
});
