import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDetail } from '#domain/tracking/index.ts';
import { searchRuns } from '#domain/tracking/index.ts';
import type { Usage } from '#kernel/meter.ts';
import { indexPuts } from '../../../support/settled-runs.ts';
import { newExperiment, openWorkshop, type Workshop } from './support.ts';

/** A run of five metrics, five params and two tags; every value differs, or is one of a few. */
function sampleRun(experimentId: number, n: number): RunDetail {
  const value = (n * 7919) % 100_003;
  // A rank whose point is at step 0 and time 0.
  const rank = (of: number): string => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, of);
    const bits = view.getBigUint64(0) | (1n << 63n);
    return `${'8000000000000000'.repeat(2)}${bits.toString(16).padStart(16, '0')}`;
  };
  return {
    run: {
      id: n.toString(16).padStart(32, '0'),
      experimentId,
      groupId: 1,
      user: 'alice',
      name: `run ${n}`,
      status: n % 3 === 0 ? 'RUNNING' : 'FINISHED',
      startTime: 1_700_000_000_000 + n,
      ...(n % 3 === 0 ? {} : { endTime: 1_700_000_100_000 + n }),
    },
    ranks: ['acc', 'loss', 'f1', 'auc', 'time'].map((key) => [key, rank(value / 100_003)] as const),
    params: ['lr', 'depth', 'seed', 'width', 'model'].map((key, at) => ({
      key,
      value: String((n + at) % 10),
    })),
    tags: [
      { key: 'mlflow.runName', value: `run ${n}` },
      { key: 'team', value: `team ${n % 4}` },
    ],
    inputs: { datasets: [], models: [], outputs: [] },
  };
}

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

async function fill(experimentId: number, runs: number): Promise<void> {
  for (let from = 0; from < runs; from += 500) {
    const details = Array.from({ length: Math.min(500, runs - from) }, (_, at) =>
      sampleRun(experimentId, from + at),
    );
    await shop.platform.table.bulk(details.flatMap(indexPuts));
  }
}

const sizes = process.env.FULL === '1' ? [100, 10_000, 100_000] : [100, 10_000];

describe.each(sizes)('a page of 50 among %i settled runs', (runs) => {
  let experimentId: number;
  beforeAll(async () => {
    experimentId = await newExperiment(shop);
    await fill(experimentId, runs);
  }, 600_000);

  async function costOf(filter: string, orderBy: readonly string[]): Promise<Usage> {
    const ask = {
      experimentIds: [experimentId],
      filter,
      orderBy,
      view: 'active',
      limit: 50,
    } as const;
    // Credentials and the experiment are known for five seconds.
    await searchRuns(shop.alice, { ...ask, limit: 1 });
    shop.meter.reset();
    const { runs: page, next } = await searchRuns(shop.alice, ask);
    const usage = shop.meter.snapshot();
    expect(page).toHaveLength(Math.min(50, page.length));
    expect(page.length === 50 || next === undefined).toBe(true);
    return usage;
  }

  it('by default: one round trip, and no more read units than its bytes', async () => {
    const usage = await costOf('', []);

    expect(usage.sequentialRoundTrips).toBe(1);
    expect(usage.readUnits).toBeLessThanOrEqual(15);
  });

  it.each([
    ['', 'metrics.acc DESC'],
    ['', 'metrics.acc ASC'],
    ['metrics.acc > 0.5', 'metrics.acc DESC'],
    ['metrics.acc < 0.5', 'metrics.acc DESC'],
    ['', 'params.lr DESC'],
    ['', 'attributes.status ASC'],
    ['', 'attributes.start_time ASC'],
  ])('%s by %s: at most 4 round trips and 300 read units', async (filter, order) => {
    const usage = await costOf(filter, [order]);

    expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(4);
    expect(usage.readUnits).toBeLessThanOrEqual(300);
  });

  it.each([
    ["tags.team = 'team 1'", []],
    ["params.lr = '3'", []],
    ["status = 'RUNNING'", []],
    ["params.lr = '3' AND tags.team = 'team 1'", []],
    ["metrics.acc > 0.9995 AND params.lr = '3'", []],
    ['metrics.acc > 0.5 AND metrics.acc < 0.501', []],
    ['metrics.acc > 0.2 AND start_time > 1700000000050', []],
  ])('%s by %s: at most 5 round trips and 300 read units', async (filter, orderBy) => {
    const usage = await costOf(filter, orderBy);

    expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(5);
    expect(usage.readUnits).toBeLessThanOrEqual(300);
  });

  // One run in a hundred fits, and each of the two conditions alone leaves many.
  it.each([[[]], [['metrics.acc DESC']]])(
    'of two conditions that leave many, by %s: at most 8 round trips and 400 read units',
    async (orderBy) => {
      const usage = await costOf("metrics.acc > 0.9 AND params.lr = '3'", orderBy);

      expect(usage.sequentialRoundTrips).toBeLessThanOrEqual(8);
      expect(usage.readUnits).toBeLessThanOrEqual(400);
    },
  );

  it('that was asked for within five seconds: one query of one read unit', async () => {
    const again = ['metrics.acc > 0.25', ['metrics.acc ASC']] as const;
    const first = await costOf(...again);
    shop.clock.advance(4_000);
    const second = await costOf(...again);
    shop.clock.advance(1_001);
    const later = await costOf(...again);

    expect(second).toMatchObject({ tableCalls: 1, readUnits: 1 });
    expect(later.readUnits).toBe(first.readUnits);
  });
});
