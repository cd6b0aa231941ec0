import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listEventObjects } from '#domain/events/index.ts';
import type { WarehouseOptions } from '#duckdb/warehouse.ts';
import type { Context } from '#kernel/context.ts';
import type { Question, Statement } from '#kernel/warehouse.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import { type Happening, type WarehouseTools, warehouseTools } from '../../support/warehouse.ts';

const START = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const GROUP = 4;
let app: TestApp;
let ctx: Context;
let tools: WarehouseTools;

beforeEach(() => {
  app = testApp();
  ctx = app.system;
});
afterEach(async () => {
  await tools.close();
  await app.close();
});

const open = (options: Partial<WarehouseOptions> = {}): WarehouseTools => {
  tools = warehouseTools(app.platform.blobs, options);
  return tools;
};
const happenings = (count: number, more: Partial<Happening> = {}): readonly Happening[] =>
  Array.from({ length: count }, (_, n) => ({
    ...{ uuid: `u${n}`, event: `e${n % 2}`, id: `p${n % 3}`, ts: START + (n % 4) * HOUR },
    ...{ properties: { n, text: 'x' }, ...more },
  }));

async function questionOf(select: string, more: Partial<Question> = {}): Promise<Question> {
  const hours = await listEventObjects(ctx, GROUP, START, START + 10 * HOUR);
  const statement = (): Statement => ({ named: [], select });
  return { groupId: GROUP, hours, persons: new Map(), statement, ...more };
}
const COUNT = 'SELECT count(*) AS n, count(DISTINCT person) AS persons FROM events';

describe('a warehouse by DuckDB', () => {
  it('answers in plain values, from lines and from files', async () => {
    const { warehouse, store, compact } = open();
    const select = `SELECT uuid, event, person, CAST(ts AS VARCHAR) AS at, flag, length(properties) > 5 AS b,
      CAST(1 AS BIGINT) AS i FROM events WHERE uuid = 'u1'`;
    await store(GROUP, happenings(8), 'one');

    const fromLines = await warehouse.query(await questionOf(select));
    await compact(GROUP);
    const fromFiles = await warehouse.query(await questionOf(select));

    const row = { uuid: 'u1', event: 'e1', person: 'p1', at: '2026-06-01 01:00:00' };
    expect(fromLines).toEqual([{ ...row, flag: null, b: true, i: 1 }]);
    expect(fromFiles).toEqual(fromLines);
  });

  it('takes each event once in hours of several objects, and joins persons', async () => {
    const { warehouse, store, compact } = open();
    await store(GROUP, happenings(8), 'one');
    await compact(GROUP);
    await store(GROUP, happenings(12), 'again');

    const rows = await warehouse.query(
      await questionOf(COUNT, {
        persons: new Map([
          ['p1', "p'0"],
          ['p0', "p'0"],
        ]),
      }),
    );

    expect(rows).toEqual([{ n: 12, persons: 2 }]);
  });

  it('has no rows of nothing', async () => {
    const { warehouse } = open();

    expect(await warehouse.query(await questionOf(COUNT))).toEqual([{ n: 0, persons: 0 }]);
  });

  it('says so when an object is gone', async () => {
    const { warehouse, store } = open();
    await store(GROUP, happenings(8), 'one');
    const question = await questionOf(COUNT);
    const [first] = question.hours.flatMap(({ objects }) => objects);
    await app.platform.blobs.remove([first?.key ?? '']);

    expect(await warehouse.query(question)).toBeUndefined();
  });

  it('refuses what is larger than its disk before it fetches any of it', async () => {
    const { warehouse, store } = open({ diskMb: 0.0001 });
    await store(GROUP, happenings(50), 'one');

    const asked = warehouse.query(await questionOf(COUNT));

    await expect(asked).rejects.toMatchObject({ code: 'unavailable', reason: 'query_too_large' });
  });

  it('refuses what does not fit in memory and on disk', async () => {
    const { warehouse, store } = open({ memoryMb: 48, diskMb: 1 });
    await store(GROUP, happenings(8), 'one');
    const select = `SELECT count(*) AS n FROM (SELECT r.i, row_number() OVER (ORDER BY hash(r.i)) AS k
      FROM events, range(2000000) r(i))`;

    const asked = warehouse.query(await questionOf(select));

    await expect(asked).rejects.toMatchObject({ code: 'unavailable', reason: 'query_too_large' });
  });

  it('stops when time is up, and goes on with the next', async () => {
    const { warehouse, store } = open({ timeoutMs: 1_500 });
    await store(GROUP, happenings(8), 'one');
    const endless =
      'SELECT count(*) AS n FROM range(3000000) a(i), range(3000000) b(i) WHERE a.i + b.i = 1';

    const slow = warehouse.query(await questionOf(endless));

    await expect(slow).rejects.toMatchObject({ code: 'unavailable', reason: 'query_too_slow' });
    expect(await warehouse.query(await questionOf(COUNT))).toEqual([{ n: 8, persons: 3 }]);
  });

  it('answers many at once, one after the other', async () => {
    const { warehouse, store } = open();
    await store(GROUP, happenings(8), 'one');
    const question = await questionOf(COUNT);

    const all = await Promise.all(Array.from({ length: 8 }, () => warehouse.query(question)));

    expect(all).toEqual(Array(8).fill([{ n: 8, persons: 3 }]));
  });
});
