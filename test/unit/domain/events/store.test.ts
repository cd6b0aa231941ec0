import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventNames, redriveEvents, storeEvents, sweepEvents } from '#domain/events/index.ts';
import { EVENTS_QUEUE } from '#domain/events/parcel.ts';
import type { Context } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import { MAX_DELIVERIES } from '#kernel/messages.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { atEachPoint, crashing } from '../../../support/crash.ts';
import { type EventTools, eventTools } from '../../../support/events.ts';

const GROUP = 7;
const MINUTE = 60_000;
let app: TestApp;
let tools: EventTools;
/** Nothing goes on in the background. */
let ctx: Context;
let started: { task: string; input: unknown }[] = [];

beforeAll(async () => {
  app = testApp();
  tools = await eventTools(app.platform.blobs);
});
beforeEach(async () => {
  await app.platform.reset();
  started = [];
  ctx = {
    ...app.system,
    background: { start: async (task, input) => void started.push({ task, input }) },
  };
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const events = (count: number, from = 0, more: Record<string, unknown> = {}) =>
  Array.from({ length: count }, (_, index) => ({
    uuid: uuid(from + index),
    event: `event ${index % 3}`,
    distinct_id: `user ${index % 10}`,
    timestamp: new Date(ctx.clock.now() - (index % 4) * 60 * MINUTE).toISOString(),
    properties: { index },
    ...more,
  }));
const uuidsOf = async (group = GROUP): Promise<string[]> =>
  (await tools.readAll(ctx, group)).map((each) => each.uuid).sort();
const expected = (count: number): string[] => Array.from({ length: count }, (_, n) => uuid(n));
const noisy = (text: string): string =>
  Array.from({ length: 3_000 }, (_, n) => ctx.ids.hex32() + text + n).join();

describe('events', () => {
  it('are in the queue when they are accepted, and in objects by their hour when they are stored', async () => {
    const outcome = await tools.ingest(ctx, GROUP, [...events(12), { event: 'no one' }]);
    const waiting = await ctx.messages.backlog(EVENTS_QUEUE);
    const report = await tools.drain(ctx);

    expect(outcome).toEqual({
      accepted: 12,
      refused: [{ index: 12, reason: 'distinct_id_missing' }],
    });
    expect(waiting).toBe(1);
    expect(report).toEqual({ messages: 1, events: 12, unreadable: 0, later: 0 });
    expect(await uuidsOf()).toEqual(expected(12));
    const { objects } = await ctx.blobs.list('events/');
    expect(objects.map(({ key }) => key.replace(/[0-9a-f]{32}/, 'ID'))).toEqual([
      `events/${GROUP}/incoming/dt=2025-12-31/hour=21/ID.ndjson.gz`,
      `events/${GROUP}/incoming/dt=2025-12-31/hour=22/ID.ndjson.gz`,
      `events/${GROUP}/incoming/dt=2025-12-31/hour=23/ID.ndjson.gz`,
      `events/${GROUP}/incoming/dt=2026-01-01/hour=00/ID.ndjson.gz`,
    ]);
  });

  it('too many for a message wait in an object, which goes when they are stored', async () => {
    const large = events(3).map((each) => ({ ...each, properties: { text: noisy(each.uuid) } }));

    await tools.ingest(ctx, GROUP, large);
    const before = await ctx.blobs.list(`events/${GROUP}/parcels/`);
    await tools.drain(ctx);

    expect(before.objects).toHaveLength(1);
    expect((await ctx.blobs.list(`events/${GROUP}/parcels/`)).objects).toEqual([]);
    expect(await uuidsOf()).toEqual(expected(3));
  });

  it('are not accepted when the queue has not got them', async () => {
    const send = async () => {
      throw unavailable('The queue is out of order.');
    };

    const refused = tools.ingest({ ...ctx, messages: { ...ctx.messages, send } }, GROUP, events(1));

    await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
    expect(started).toEqual([]);
  });

  it('of different groups lie apart', async () => {
    await tools.ingest(ctx, GROUP, events(5));
    await tools.ingest(ctx, 8, events(2, 5));
    await tools.drain(ctx);

    expect(await uuidsOf()).toEqual(expected(5));
    expect(await uuidsOf(8)).toEqual(expected(7).slice(5));
  });

  it('that come twice in the same messages are stored under the same names', async () => {
    await tools.ingest(ctx, GROUP, events(5));
    await tools.ingest(ctx, GROUP, events(5));
    await tools.drain(ctx);
    await tools.ingest(ctx, GROUP, events(5));
    await tools.drain(ctx);
    await tools.ingest(ctx, GROUP, events(5));
    await tools.drain(ctx);

    const { objects } = await ctx.blobs.list(`events/${GROUP}/incoming/`);
    expect(objects).toHaveLength(8);
  });

  it('have one nudge in five seconds, and the sweeper sees to what waits', async () => {
    await tools.ingest(ctx, GROUP, events(1));
    await tools.ingest(ctx, GROUP, events(1, 1));
    app.clock.advance(5_000);
    await tools.ingest(ctx, GROUP, events(1, 2));
    const nudges = started.splice(0);
    await sweepEvents(ctx);
    const swept = started.splice(0);
    await tools.drain(ctx);
    await sweepEvents(ctx);
    const stored = started.splice(0);
    app.clock.advance(15 * MINUTE);
    await sweepEvents(ctx);

    const store = { task: 'store-events', input: { slot: 0 } };
    expect(nudges).toEqual([store, store]);
    expect(swept).toEqual([store]);
    expect(stored).toEqual([]);
    expect(started).toEqual([{ task: 'compact-events', input: { task: 'compact-events' } }]);
  });
});

describe('the sweeper', () => {
  const looks = (): { ctx: Context; backlogs: () => number } => {
    let count = 0;
    const backlog: Context['messages']['backlog'] = (queue) => {
      count += 1;
      return ctx.messages.backlog(queue);
    };
    return { ctx: { ...ctx, messages: { ...ctx.messages, backlog } }, backlogs: () => count };
  };

  it('looks at the queue each minute while events come, and each fifth when none do', async () => {
    const { ctx: counted, backlogs } = looks();
    for (let minute = 0; minute < 10; minute += 1) {
      await sweepEvents(counted);
      app.clock.advance(MINUTE);
    }
    const idle = backlogs();
    await tools.ingest(ctx, GROUP, events(1));
    await tools.drain(ctx);
    for (let minute = 0; minute < 10; minute += 1) {
      await sweepEvents(counted);
      app.clock.advance(MINUTE);
    }

    expect(idle).toBe(2);
    expect(backlogs() - idle).toBe(10);
  });

  it('starts more writers the more waits, and no more than four', async () => {
    const backlog = async () => 1_000_000;

    await sweepEvents({ ...ctx, messages: { ...ctx.messages, backlog } });

    expect(started.map(({ input }) => input)).toEqual([0, 1, 2, 3].map((slot) => ({ slot })));
  });
});

describe('the writer', () => {
  it('loses nothing and doubles no event, wherever it is killed', async () => {
    const points = await atEachPoint(async (point) => {
      await app.platform.reset();
      await tools.ingest(ctx, GROUP, events(8));
      await tools.ingest(ctx, GROUP, [
        { ...events(1, 8)[0], properties: { text: noisy('a') } },
        ...events(1, 9, { event: '$identify', properties: { $anon_distinct_id: 'anon' } }),
      ]);
      const { ctx: mortal, crashed } = crashing(ctx, point);

      await tools.drain(mortal).catch(() => undefined);
      const early = new Set(await uuidsOf());
      app.platform.cache.clear();
      app.clock.advance(20 * MINUTE);
      await tools.drain(ctx);
      await tools.drain(ctx);

      const stored = await uuidsOf();
      expect([...new Set(stored)], JSON.stringify(point)).toEqual(expected(10));
      for (const known of early) expect(stored).toContain(known);
      expect(await ctx.messages.backlog(EVENTS_QUEUE)).toBe(0);
      expect((await ctx.blobs.list(`events/${GROUP}/parcels/`)).objects).toEqual([]);
      return crashed();
    });

    expect(points).toBeGreaterThan(15);
  });

  it('leaves nothing accepted behind, wherever what takes events is killed', async () => {
    await atEachPoint(async (point) => {
      await app.platform.reset();
      const { ctx: mortal, crashed } = crashing(ctx, point);
      const large = [{ ...events(1)[0], properties: { text: noisy('b') } }];

      const accepted = await tools.ingest(mortal, GROUP, large).then(
        () => true,
        () => false,
      );
      await tools.drain(ctx);

      if (accepted) expect(await uuidsOf()).toEqual(expected(1));
      // Whoever was not answered sends again, and that is the same event.
      await tools.ingest(ctx, GROUP, large);
      await tools.drain(ctx);
      expect([...new Set(await uuidsOf())]).toEqual(expected(1));
      return crashed();
    });
  });

  it('makes dead letters of what nobody can read, and of nothing else', async () => {
    const own = { version: 1, groupId: GROUP };
    const bodies = [
      'nonsense',
      JSON.stringify({ ...own, version: 2, lines: '' }),
      JSON.stringify({ ...own, lines: Buffer.from('no gzip').toString('base64') }),
      JSON.stringify({ ...own, object: 'runs/1/artifacts/secret' }),
      JSON.stringify({ ...own, object: 'events/8/parcels/x' }),
    ];
    for (const body of bodies) await ctx.messages.send(EVENTS_QUEUE, body);
    await tools.ingest(ctx, GROUP, events(3));

    const report = await tools.drain(ctx);

    expect(report).toMatchObject({ messages: 1, events: 3 });
    expect(report.unreadable).toBe(bodies.length * MAX_DELIVERIES);
    expect(await uuidsOf()).toEqual(expected(3));
    const dead = await ctx.messages.deadLetters(EVENTS_QUEUE, 10);
    expect(dead.map(({ body }) => body).sort()).toEqual([...bodies].sort());
  });

  it('tries again when a store fails, and stores the others where one alone cannot be', async () => {
    await tools.ingest(ctx, GROUP, events(2));
    await tools.ingest(ctx, 8, events(2, 2));
    const put: Context['blobs']['put'] = async (key, ...rest) => {
      if (key.startsWith('events/8/')) throw new Error('This cannot be stored.');
      return ctx.blobs.put(key, ...rest);
    };
    const down = async () => {
      throw unavailable('The store is out of order.');
    };

    const none = await tools.drain({ ...ctx, blobs: { ...ctx.blobs, put: down } });
    app.clock.advance(10 * MINUTE);
    const half = await tools.drain({ ...ctx, blobs: { ...ctx.blobs, put } });
    app.clock.advance(10 * MINUTE);
    const rest = await tools.drain(ctx);

    expect(none).toMatchObject({ messages: 0, later: 2 });
    expect(half).toMatchObject({ messages: 1, events: 2, later: 1 });
    expect(rest).toMatchObject({ messages: 1, events: 2, later: 0 });
    expect(await uuidsOf()).toEqual(expected(2));
    expect(await uuidsOf(8)).toEqual(expected(4).slice(2));
  });

  it('is one at a time in a slot, which looks once more when another was sent', async () => {
    await tools.ingest(ctx, GROUP, events(1));
    let other: Awaited<ReturnType<typeof storeEvents>> | undefined;
    let received = 0;
    const receive: Context['messages']['receive'] = async (queue, options) => {
      const found = await ctx.messages.receive(queue, options);
      received += 1;
      if (found.length === 0 && other === undefined) {
        await tools.ingest(ctx, GROUP, events(1, 1));
        other = await storeEvents(ctx, { slot: 0, waitSeconds: 0 });
      }
      return found;
    };

    const busy = { ...ctx, messages: { ...ctx.messages, receive } };
    const report = await storeEvents(busy, { slot: 0, waitSeconds: 0 });

    expect(other).toMatchObject({ messages: 0 });
    expect(report).toMatchObject({ messages: 2, events: 2 });
    expect(received).toBe(4);
  });

  it('ends when its time is over, and lets its slot go', async () => {
    await tools.ingest(ctx, GROUP, events(1));

    const over = await storeEvents(ctx, { slot: 7, waitSeconds: 0, maxMs: 0 });
    const next = await tools.drain(ctx);

    expect(over.messages).toBe(0);
    expect(next.messages).toBe(1);
  });
});

describe('dead letters', () => {
  const bury = async (): Promise<void> => {
    for (let delivery = 0; delivery <= MAX_DELIVERIES; delivery += 1) {
      await ctx.messages.receive(EVENTS_QUEUE, { max: 10, waitSeconds: 0, visibilitySeconds: 1 });
      app.clock.advance(2_000);
    }
  };

  it('are sent again once, but for those that nobody can read', async () => {
    await tools.ingest(ctx, GROUP, events(4));
    await ctx.messages.send(EVENTS_QUEUE, 'nonsense');
    await bury();

    const redriven = await redriveEvents(ctx);
    const again = await redriveEvents(ctx);
    await tools.drain(ctx);

    expect(redriven).toEqual({ sent: 1, unreadable: 1 });
    expect(again).toEqual({ sent: 0, unreadable: 1 });
    expect(await uuidsOf()).toEqual(expected(4));
  });

  it('are for administrators', async () => {
    const someone: Context = {
      ...ctx,
      actor: { kind: 'user', userId: 1, username: 'u', memberships: new Map() },
    };

    await expect(redriveEvents(someone)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('names of events', () => {
  it('are known from the first event on, for those who may read the group', async () => {
    await tools.ingest(ctx, GROUP, [...events(6), ...events(1, 6, { event: '__proto__' })]);
    await tools.drain(ctx);
    const stranger: Context = {
      ...ctx,
      actor: { kind: 'user', userId: 1, username: 'u', memberships: new Map() },
    };

    expect(await eventNames(ctx, GROUP)).toEqual(['__proto__', 'event 0', 'event 1', 'event 2']);
    expect(await eventNames(ctx, 8)).toEqual([]);
    await expect(eventNames(stranger, GROUP)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are ten thousand at most', async () => {
    const made = Array.from({ length: 10_000 }, (_, n) => ({ event: `n${n}`, distinct_id: 'u' }));

    await tools.ingest(ctx, GROUP, made);
    await tools.drain(ctx);
    await tools.ingest(ctx, GROUP, events(1));
    await tools.drain(ctx);

    expect(await eventNames(ctx, GROUP)).toHaveLength(10_000);
    expect((await uuidsOf()).length).toBe(10_001);
  });
});
