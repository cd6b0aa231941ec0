import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compactEvents, listEventObjects, readMerges } from '#domain/events/index.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { atEachPoint, crashing } from '../../../support/crash.ts';
import { type EventTools, eventTools } from '../../../support/events.ts';

const GROUP = 7;
const MINUTE = 60_000;
let app: TestApp;
let tools: EventTools;
let ctx: Context;

beforeAll(async () => {
  app = testApp();
  tools = await eventTools(app.platform.blobs);
});
beforeEach(async () => {
  await app.platform.reset();
  app.clock.advance(Date.UTC(2026, 0, 1) - app.clock.now());
  ctx = { ...app.system, background: { start: async () => undefined } };
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Events of the last three hours, in so many objects. */
async function store(count: number, { from = 0, batch = 5 } = {}): Promise<void> {
  for (let at = from; at < from + count; at += batch) {
    const numbers = Array.from({ length: Math.min(batch, from + count - at) }, (_, n) => at + n);
    await tools.ingest(
      ctx,
      GROUP,
      numbers.map((number) => ({
        uuid: uuid(number),
        event: `event ${number % 3}`,
        distinct_id: `user ${number % 10}`,
        timestamp: new Date(ctx.clock.now() - (number % 3) * 60 * MINUTE).toISOString(),
        properties: { number, text: 'it\'s "quoted"; DROP TABLE x; -- \u{1f600}' },
      })),
    );
    await tools.drain(ctx);
  }
}

const hoursOf = (context = ctx) => listEventObjects(context, GROUP, 0, 4_000_000_000_000);
const shapes = async (): Promise<string[]> =>
  (await hoursOf()).map(({ clean, objects }) => `${clean ? 'clean' : 'dirty'} ${objects.length}`);
const numbersOf = async (): Promise<number[]> =>
  (await tools.readAll(ctx, GROUP))
    .map(({ properties }) => JSON.parse(properties).number as number)
    .sort((a, b) => a - b);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const due = (): void => app.clock.advance(15 * MINUTE);

describe('compaction', () => {
  it('makes one file of each hour that is due, with every event once and as it was', async () => {
    await store(30);
    const before = await tools.readAll(ctx, GROUP);
    const early = await compactEvents(ctx, tools.parquet);
    due();

    const report = await compactEvents(ctx, tools.parquet);
    const idle = await compactEvents(ctx, tools.parquet);

    expect(early.compacted).toBe(0);
    expect(report).toEqual({ compacted: 3, failed: 0 });
    expect(idle).toEqual({ compacted: 0, failed: 0 });
    expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
    const after = await tools.readAll(ctx, GROUP);
    const byUuid = (events: typeof after) => events.toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1));
    expect(byUuid(after)).toEqual(byUuid(before));
  });

  it('takes an event once that came several times: the one that was received first', async () => {
    await store(6);
    app.clock.advance(1_000);
    for (const [, number] of [0, 1, 2].entries()) {
      await tools.ingest(ctx, GROUP, [
        {
          uuid: uuid(number),
          event: 'another',
          distinct_id: 'x',
          timestamp: new Date(ctx.clock.now() - 1_000 - (number % 3) * 60 * MINUTE).toISOString(),
        },
      ]);
    }
    await tools.drain(ctx);
    due();
    await compactEvents(ctx, tools.parquet);

    const events = await tools.readAll(ctx, GROUP);
    expect(events).toHaveLength(6);
    expect(events.map(({ event }) => event)).not.toContain('another');
  });

  it('takes events that come late into the file that is there', async () => {
    await store(12);
    due();
    await compactEvents(ctx, tools.parquet);
    app.clock.advance(-15 * MINUTE);
    await store(12, { from: 6 });
    const dirty = await shapes();
    due();
    await compactEvents(ctx, tools.parquet);

    expect(dirty.filter((hour) => hour.startsWith('dirty'))).toHaveLength(3);
    expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
    expect(await numbersOf()).toEqual(upTo(18));
  });

  it('comes back to an hour into which something came while it worked', async () => {
    await store(3);
    due();
    let meanwhile = 0;
    const merge: EventTools['parquet']['merge'] = async (...asked) => {
      meanwhile += 1;
      if (meanwhile === 1) {
        app.clock.advance(-15 * MINUTE);
        await store(3, { from: 3 });
        due();
      }
      return tools.parquet.merge(...asked);
    };

    await compactEvents(ctx, { merge });
    due();
    await compactEvents(ctx, { merge });

    expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
    expect(await numbersOf()).toEqual(upTo(6));
  });

  it('comes back to an hour into which something came after its last look', async () => {
    await store(3);
    due();
    let removals = 0;
    const write: Context['table']['write'] = async (asked) => {
      if (asked.kind === 'delete') {
        removals += 1;
        app.clock.advance(-15 * MINUTE);
        if (removals === 1) await store(3, { from: 3 });
        due();
      }
      return ctx.table.write(asked);
    };

    await compactEvents({ ...ctx, table: { ...ctx.table, write } }, tools.parquet);
    due();
    const again = await compactEvents(ctx, tools.parquet);

    expect(removals).toBeGreaterThan(0);
    expect(again.compacted).toBeGreaterThan(0);
    expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
    expect(await numbersOf()).toEqual(upTo(6));
  });

  it('by two at once loses and doubles nothing', async () => {
    await store(30);
    due();
    const [one, two] = await Promise.all([
      compactEvents(ctx, tools.parquet),
      compactEvents(ctx, tools.parquet),
    ]);

    expect(one.failed + two.failed).toBe(0);
    expect(await numbersOf()).toEqual(upTo(30));
  });

  it('of one hour by two that took it both loses and doubles nothing', async () => {
    await store(9);
    due();
    const taken: string[][] = [];
    let second: Promise<unknown> | undefined;
    // The other lists the same objects before this one removes them, and writes after it.
    const merge: EventTools['parquet']['merge'] = async (inputs, output, shape) => {
      taken.push([...inputs]);
      const rows = await tools.parquet.merge(inputs, output, shape);
      if (second === undefined) {
        app.clock.advance(30 * MINUTE);
        second = compactEvents(ctx, { merge });
        await second;
      }
      return rows;
    };

    await compactEvents(ctx, { merge });
    due();
    await compactEvents(ctx, tools.parquet);

    expect(taken.length).toBeGreaterThan(3);
    expect(await numbersOf()).toEqual(upTo(9));
    expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
  });

  it('loses and doubles nothing, wherever it is killed', async () => {
    const points = await atEachPoint(async (point) => {
      await app.platform.reset();
      await store(12, { batch: 6 });
      due();
      const { ctx: mortal, crashed } = crashing(ctx, point);

      await compactEvents(mortal, tools.newParquet(mortal.blobs)).catch(() => undefined);
      const meanwhile = new Set(await numbersOf());
      app.clock.advance(15 * MINUTE);
      await compactEvents(ctx, tools.parquet);

      expect(
        [...meanwhile].sort((a, b) => a - b),
        JSON.stringify(point),
      ).toEqual(upTo(12));
      expect(await numbersOf(), JSON.stringify(point)).toEqual(upTo(12));
      expect(await shapes()).toEqual(['clean 1', 'clean 1', 'clean 1']);
      return crashed();
    });

    expect(points).toBeGreaterThan(20);
  }, 120_000);

  it('of one hour that fails does not keep the others, and is tried again', async () => {
    await store(6);
    due();
    const [hour] = await hoursOf();
    const broken = hour?.objects[0]?.key ?? '';
    const bytes = (await ctx.blobs.get(broken)) ?? new Uint8Array();
    const errors = app.errors.length;
    await ctx.blobs.put(broken, 'no gzip');

    const report = await compactEvents(ctx, tools.newParquet(ctx.blobs));
    await ctx.blobs.put(broken, bytes);
    due();
    const again = await compactEvents(ctx, tools.newParquet(ctx.blobs));

    expect(report).toEqual({ compacted: 2, failed: 1 });
    expect(again).toEqual({ compacted: 1, failed: 0 });
    expect(await numbersOf()).toEqual(upTo(6));
    expect(app.errors.slice(errors)).toHaveLength(1);
  });
});

describe('objects of events', () => {
  it('are those of the hours between two times, and only for those who may read the group', async () => {
    await store(6);
    const now = ctx.clock.now();
    const stranger: Context = {
      ...ctx,
      actor: { kind: 'user', userId: 1, username: 'u', memberships: new Map() },
    };

    const hours = async (from: number, to: number) =>
      (await listEventObjects(ctx, GROUP, from, to)).map(({ hour }) => hour);

    expect(await hours(now - 120 * MINUTE, now + 1)).toEqual([
      '2025-12-31T22',
      '2025-12-31T23',
      '2026-01-01T00',
    ]);
    expect(await hours(now - 60 * MINUTE, now)).toEqual(['2025-12-31T23']);
    expect(await hours(now - 61 * MINUTE, now)).toEqual(['2025-12-31T22', '2025-12-31T23']);
    expect(await hours(now, now)).toEqual([]);
    expect(await hours(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toHaveLength(3);
    await expect(listEventObjects(stranger, GROUP, 0, now)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are the same page by page, though an hour has more than a page', async () => {
    await store(60, { batch: 3 });
    const pagesOf =
      (limit: number): Context['blobs']['list'] =>
      (prefix, options) =>
        ctx.blobs.list(prefix, { ...options, limit });

    const whole = await hoursOf();
    const paged = await Promise.all(
      [7, 20, 30].map((limit) =>
        hoursOf({ ...ctx, blobs: { ...ctx.blobs, list: pagesOf(limit) } }),
      ),
    );

    expect(whole.map(({ objects }) => objects.length)).toEqual([20, 20, 20]);
    expect(paged).toEqual([whole, whole, whole]);
  });

  it('of an hour are of one moment, though a page ends in it', async () => {
    const folder = `events/${GROUP}/hours/dt=2026-01-01/hour=`;
    const put = (names: readonly string[]) =>
      Promise.all(names.map((name) => ctx.blobs.put(`${folder}${name}.parquet`, name)));
    await put(['00/x', '01/b', '01/c', '01/d']);
    let pages = 0;
    const list: Context['blobs']['list'] = async (prefix, options) => {
      const page = await ctx.blobs.list(prefix, { ...options, limit: 2 });
      pages += prefix.endsWith('/hours/') ? 1 : 0;
      if (pages === 1) {
        await put(['01/a']);
        await ctx.blobs.remove([`${folder}01/c.parquet`, `${folder}01/d.parquet`]);
      }
      return page;
    };

    const hours = await hoursOf({ ...ctx, blobs: { ...ctx.blobs, list } });

    const found = hours.flatMap(({ objects }) => objects.map(({ key }) => key.slice(-12)));
    expect(found).toEqual(['00/x.parquet', '01/a.parquet', '01/b.parquet']);
  });
});

describe('merges of persons', () => {
  const identify = (id: string, other: string, number: number) => ({
    uuid: uuid(number),
    event: '$identify',
    distinct_id: id,
    timestamp: new Date(ctx.clock.now()).toISOString(),
    properties: { $anon_distinct_id: other },
  });

  it('are read before and after they are compacted, wherever that is killed', async () => {
    const pairs = [
      ['u1', 'a1'],
      ['u1', 'a2'],
      ['u2', 'a3'],
      ['u2', 'null'],
    ] as const;
    const expected = new Map([
      ['u1', 'a1'],
      ['a2', 'a1'],
      ['u2', 'a3'],
    ]);
    await atEachPoint(async (point) => {
      await app.platform.reset();
      for (const [index, [id, other]] of pairs.entries()) {
        await tools.ingest(ctx, GROUP, [identify(id, other, index)]);
        await tools.drain(ctx);
        app.clock.advance(1_000);
      }
      const fresh = await readMerges(ctx, GROUP);
      due();
      const { ctx: mortal, crashed } = crashing(ctx, point);

      await compactEvents(mortal, tools.parquet).catch(() => undefined);
      const meanwhile = await readMerges(ctx, GROUP);
      app.clock.advance(15 * MINUTE);
      await compactEvents(ctx, tools.parquet);

      expect([fresh, meanwhile, await readMerges(ctx, GROUP)]).toEqual([
        expected,
        expected,
        expected,
      ]);
      expect((await ctx.blobs.list(`events/${GROUP}/merges/`)).objects).toHaveLength(1);
      return crashed();
    });
  });
});
