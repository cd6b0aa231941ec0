import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type NewTrace, searchTraces, startTrace } from '#domain/traces/index.ts';
import { openWorkshop, type Workshop } from '../tracking/support.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.close());

const traceOf = (at: number, more: Partial<NewTrace> = {}): NewTrace => ({
  id: `tr-${at}`,
  experimentId: shop.experimentId,
  time: at,
  state: 'OK',
  metadata: [],
  tags: [],
  assessments: [],
  ...more,
});

async function every(search: Parameters<typeof searchTraces>[1]) {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await searchTraces(shop.alice, {
      ...search,
      ...(after === undefined ? {} : { after }),
    });
    pages.push(page.traces.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return pages;
}

describe('a search of many traces', () => {
  it('ends a page that looked at 2,000 and found little, and goes on behind them', async () => {
    const times = Array.from({ length: 2_100 }, (_, at) => at + 1);
    for (let from = 0; from < times.length; from += 100) {
      const some = times.slice(from, from + 100);
      const state = (at: number) => ({ state: at === 1 || at === 2_050 ? 'ERROR' : 'OK' }) as const;
      await Promise.all(some.map((at) => startTrace(shop.alice, traceOf(at, state(at)))));
    }
    const experimentIds = [shop.experimentId];
    const failed = { experimentIds, filter: "status = 'ERROR'", limit: 10 };

    expect(await every(failed)).toEqual([['tr-2050'], ['tr-1']]);
    expect(await every({ ...failed, orderBy: ['timestamp'] })).toEqual([['tr-1'], ['tr-2050']]);
    expect((await every({ experimentIds, limit: 500 })).map((page) => page.length)).toEqual([
      500, 500, 500, 500, 100,
    ]);
  });

  it('stops before an answer is too large to carry', async () => {
    const tags = Array.from({ length: 7 }, (_, at) => ({ key: `${at}`, value: 'x'.repeat(8_000) }));
    const times = Array.from({ length: 80 }, (_, at) => at + 1);
    for (const at of times) await startTrace(shop.alice, traceOf(at, { tags }));
    const pages = await every({ experimentIds: [shop.experimentId], limit: 500 });

    expect(pages.length).toBe(2);
    expect(pages.flat()).toHaveLength(80);
  });

  it('reads no more than its page by time, and a range of times alone', async () => {
    for (let at = 1; at <= 60; at += 1) await startTrace(shop.alice, traceOf(at));
    const cost = async (search: object) => {
      shop.meter.reset();
      await searchTraces(shop.alice, { experimentIds: [shop.experimentId], limit: 10, ...search });
      return shop.meter.snapshot();
    };
    const plain = await cost({});
    const ranged = await cost({ filter: 'timestamp_ms > 50 AND timestamp_ms <= 55' });

    expect(plain.sequentialRoundTrips).toBe(1);
    expect(plain.readUnits).toBeLessThan(3);
    expect(ranged.readUnits).toBeLessThan(3);
  });
});

describe('storing a trace', () => {
  it('is one step, once its experiment is known', async () => {
    await startTrace(shop.alice, traceOf(1));
    shop.meter.reset();
    await startTrace(shop.alice, traceOf(2));

    expect(shop.meter.snapshot()).toMatchObject({ sequentialRoundTrips: 1, writeUnits: 4 });
  });

  it('is for the child of a job, in the experiment of its job alone', async () => {
    const child = shop.child({ jobId: 7, runId: 'r' });
    const trace = await startTrace(child, traceOf(1));

    expect(trace.jobId).toBe(7);
    await expect(
      startTrace(shop.child({ jobId: 8, runId: 'r' }), traceOf(1)),
    ).rejects.toMatchObject({ code: 'forbidden' });
  });
});
