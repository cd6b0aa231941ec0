import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createRun,
  getRun,
  latestOf,
  logBatch,
  logMetrics,
  MAX_INT64,
  MIN_INT64,
  metricHistory,
  type NamedPoint,
  type Point,
} from '#domain/tracking/index.ts';
import type { Table } from '#kernel/table.ts';
import { byValue, openWorkshop, sign, type Workshop } from './support.ts';

let shop: Workshop;
let runId: string;

beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

const newRun = async (): Promise<string> => {
  const { alice, experimentId } = shop;
  const { run } = await createRun(alice, { experimentId, user: 'alice', startTime: 1, tags: [] });
  return run.id;
};

beforeEach(async () => {
  runId = await newRun();
  shop.meter.reset();
});

const point = (key: string, step: number, value: number, timestamp = 1_000 + step): NamedPoint => ({
  key,
  value,
  step: BigInt(step),
  timestamp: BigInt(timestamp),
});

const history = async (key: string, limit = 100_000): Promise<readonly Point[]> => {
  const page = await metricHistory(shop.alice, { runId, key, limit });
  return page.points.map(({ step, timestamp, value }) => ({ step, timestamp, value }));
};

const latest = async (key: string) =>
  latestOf(await getRun(shop.alice, runId)).find((metric) => metric.key === key);

const bySteps = (a: Point, b: Point) => sign(a.step < b.step, a.step > b.step);
const byTime = (a: Point, b: Point) => sign(a.timestamp < b.timestamp, a.timestamp > b.timestamp);

/** A table that gets what is written in another order than it was sent, as over a network. */
function disordered(table: Table): Table {
  let calls = 0;
  const later = () => {
    calls += 1;
    return new Promise((resolve) => setTimeout(resolve, (calls * 7) % 11));
  };
  return {
    ...table,
    write: (write) => later().then(() => table.write(write)),
    bulk: (writes) => later().then(() => table.bulk(writes)),
  };
}

describe('a history', () => {
  it('is what a list would be: sorted, exact repeats dropped, and its last one found', async () => {
    const few = <T>(arb: fc.Arbitrary<T>, ...usual: T[]) =>
      fc.oneof(fc.constantFrom(...usual), arb);
    const points = fc.record({
      key: fc.constantFrom('loss', 'acc', 'a/b c', '__proto__'),
      step: few(fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }), 0n, 1n, 2n, -1n),
      timestamp: few(fc.bigInt({ min: 0n, max: MAX_INT64 }), 0n, 1_700_000_000_000n),
      value: few(fc.double(), 0, -0, 1, Number.NaN, Number.POSITIVE_INFINITY),
    });
    const calls = fc.array(fc.array(points, { minLength: 1, maxLength: 40 }), { maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(calls, async (batches) => {
        runId = await newRun();
        for (const batch of batches) {
          await logMetrics(shop.alice, { runId, points: batch });
          shop.clock.advance(7);
        }
        for (const key of ['loss', 'acc', 'a/b c', '__proto__']) {
          const all = batches.flat().filter((each) => each.key === key);
          const model: Point[] = [];
          for (const { key: _key, ...each } of all) {
            const same = (other: Point) =>
              byTime(each, other) === 0 &&
              bySteps(each, other) === 0 &&
              Object.is(each.value, other.value);
            if (!model.some(same)) model.push(each);
          }
          model.sort((a, b) => byTime(a, b) || bySteps(a, b) || byValue(a.value, b.value));
          expect(await history(key)).toEqual(model);
          const last = model
            .toSorted((a, b) => bySteps(a, b) || byTime(a, b) || byValue(a.value, b.value))
            .at(-1);
          expect(await latest(key)).toEqual(last === undefined ? undefined : { key, ...last });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('comes in pages that miss nothing and repeat nothing', async () => {
    const points = Array.from({ length: 95 }, (_, at) => point('m', at % 10, at, 1_000 + (at % 7)));
    await logMetrics(shop.alice, { runId, points });
    const seen: Point[] = [];
    let after: string | undefined;
    do {
      const page = await metricHistory(shop.alice, {
        runId,
        key: 'm',
        limit: 10,
        ...(after === undefined ? {} : { after }),
      });
      seen.push(...page.points.map(({ step, timestamp, value }) => ({ step, timestamp, value })));
      after = page.next;
    } while (after !== undefined);

    expect(seen).toEqual(await history('m'));
    expect(seen).toHaveLength(95);
  });

  it('keeps apart metrics whose names begin alike or are very long', async () => {
    const long = 'ß'.repeat(250);
    const names = ['m', 'm/m', 'm ', long, `${long.slice(1)}x`];
    await logMetrics(shop.alice, { runId, points: names.map((name, at) => point(name, 0, at)) });

    for (const [at, name] of names.entries()) {
      expect((await history(name)).map(({ value }) => value)).toEqual([at]);
      expect((await latest(name))?.value).toBe(at);
    }
  });

  it('does not depend on what a process remembers', async () => {
    for (let step = 0; step < 20; step += 1) {
      if (step % 3 === 0) shop.platform.cache.clear();
      await logMetrics(shop.alice, { runId, points: [point('m', step, step)] });
    }

    expect(await history('m')).toHaveLength(20);
  });

  it.each([
    [1, 200],
    [20, 50],
    [250, 10],
  ])('takes in any order %i metrics from %i parallel writers', async (keys, writers) => {
    const steps = Array.from({ length: writers }, (_, step) => step);
    const names = Array.from({ length: keys }, (_, at) => `m${at}`);
    const ctx = { ...shop.alice, table: disordered(shop.platform.table) };
    await Promise.all(
      steps.map((step) =>
        logMetrics(ctx, { runId, points: names.map((name) => point(name, step, step)) }),
      ),
    );

    for (const name of names) {
      expect(await history(name)).toHaveLength(writers);
    }
    for (const { step } of latestOf(await getRun(shop.alice, runId))) {
      expect(step).toBe(BigInt(writers - 1));
    }
  });
});

describe('budgets', () => {
  it('one metric: one round trip, at most 4 write units, wherever in a chunk it falls', async () => {
    for (let step = 0; step < 150; step += 1) {
      shop.meter.reset();
      await logMetrics(shop.alice, { runId, points: [point('loss', step, step / 3)] });
      shop.clock.advance(11);
      const { writeUnits, sequentialRoundTrips } = shop.meter.snapshot();
      expect(writeUnits).toBeLessThanOrEqual(4);
      // Once in 5 seconds the run is looked at again.
      expect(sequentialRoundTrips).toBe(1);
    }
  });

  it.each([1, 10, 100, 1_000])('1,000 points over %i metrics in one batch', async (keys) => {
    const metrics = Array.from({ length: 1_000 }, (_, at) =>
      point(`metric-${at % keys}`, at, Math.sin(at), 1_767_225_600_000 + at),
    );
    await logBatch(shop.alice, { runId, metrics, params: [], tags: [] });
    const { writeUnits, sequentialRoundTrips } = shop.meter.snapshot();

    expect(sequentialRoundTrips).toBeLessThanOrEqual(2);
    expect(writeUnits).toBeLessThanOrEqual(40 + 2 * keys);
    const { ranks } = await getRun(shop.alice, runId);
    expect(ranks).toHaveLength(keys);
  });

  it.each([1, 10, 500])(
    'a history of 10,000 points that were logged %i at a time',
    async (size) => {
      for (let at = 0; at < 10_000; at += size) {
        const points = Array.from({ length: size }, (_, more) =>
          point('loss', at + more, Math.cos(at + more), shop.clock.now() + more),
        );
        await logMetrics({ ...shop.alice, table: shop.platform.table }, { runId, points });
        shop.clock.advance(500 * size);
      }
      shop.meter.reset();
      const page = await metricHistory(shop.alice, { runId, key: 'loss', limit: 25_000 });
      const { readUnits, sequentialRoundTrips } = shop.meter.snapshot();

      expect(page.points).toHaveLength(10_000);
      expect(readUnits).toBeLessThanOrEqual(60);
      expect(sequentialRoundTrips).toBeLessThanOrEqual(2);
    },
  );
});

describe('refuses', () => {
  it.each([
    ['a negative timestamp', { ...point('m', 0, 0), timestamp: -1n }],
    ['a step beyond 64 bits', { ...point('m', 0, 0), step: MAX_INT64 + 1n }],
    ['a name that climbs', point('a/../b', 0, 0)],
    ['an absolute name', point('/a', 0, 0)],
    ['a name with a hash', point('a#b', 0, 0)],
    ['an empty name', point('', 0, 0)],
    ['a name of 251 characters', point('m'.repeat(251), 0, 0)],
    ['half a surrogate pair', point('\ud800', 0, 0)],
  ])('%s', async (_what, bad) => {
    const good = point('good', 0, 0);

    await expect(logMetrics(shop.alice, { runId, points: [good, bad] })).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await history('good')).toEqual([]);
  });

  it('those who may not write, and shows nothing to those who may not read', async () => {
    const points = [point('m', 0, 0)];

    await expect(logMetrics(shop.bob, { runId, points })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(logMetrics(shop.carol, { runId, points })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(metricHistory(shop.carol, { runId, key: 'm', limit: 1 })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await history('m')).toEqual([]);
  });
});
