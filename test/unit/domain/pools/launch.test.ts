import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LaunchReport, launchWorkers } from '#domain/pools/index.ts';
import { unavailable } from '#kernel/errors.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { launchStorm, STORMS } from '../../../support/launch-storm.ts';
import { type MemoryTasks, memoryTasks } from '../../../support/worker-tasks.ts';

const POOL = 'default';
const LOCK_MS = 30_000;
const RECENT_MS = 50_000;

let app: TestApp;
let tasks: MemoryTasks;
beforeEach(() => {
  app = testApp();
  tasks = memoryTasks();
});
afterEach(() => app.close());

const launch = (max: number, nudged = true): Promise<LaunchReport> =>
  launchWorkers(app.system, tasks, { pool: POOL, max, nudged, settleMs: 5 });
const send = async (count: number): Promise<void> => {
  for (let sent = 0; sent < count; sent += 1) await app.platform.messages.send(POOL, 'm');
};
const takeOne = () =>
  app.platform.messages.receive(POOL, { max: 1, waitSeconds: 0, visibilitySeconds: 60 });
const running = (...ids: readonly string[]) => ids.map((id) => ({ id, state: 'running' as const }));
const claim = (token: string, pool = POOL) =>
  app.bearer(token).post('/api/worker/v1/claim', { pool, worker: 'w' });
const row = () => app.platform.table.get({ pk: `POOL#${POOL}`, sk: 'POOL' });

describe('many launchers at once', () => {
  it.each(STORMS)('run exactly what is needed: %o', (storm) =>
    launchStorm(app.system, POOL, storm),
  );

  it('never run more than min(max, backlog), and in the end no less, however slow the list and the runs are', async () => {
    const slow = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 8 });
    const storms = fc.record({
      max: fc.integer({ min: 1, max: 15 }),
      backlog: fc.integer({ min: 0, max: 15 }),
      launches: fc.integer({ min: 2, max: 50 }),
      lists: slow,
      runs: slow,
    });
    await fc.assert(
      fc.asyncProperty(storms, async ({ max, backlog, launches, lists, runs }) => {
        app.platform.messages.clear();
        app.platform.table.clear();
        tasks = memoryTasks();
        const pause = (times: readonly number[], count: number) =>
          new Promise<void>((done) => setTimeout(done, times[count % times.length]));
        tasks.onList = (count) => pause(lists, count);
        tasks.onRun = (count) => pause(runs, count);
        await send(backlog);

        await Promise.all(Array.from({ length: launches }, () => launch(max)));

        expect(tasks.runs).toHaveLength(Math.min(max, backlog));
        expect((await row())?.lockUntil).toBeUndefined();
      }),
      { numRuns: process.env.FULL === '1' ? 200 : 20 },
    );
  });

  it('lose no nudge: whoever does not get the pool has the holder look once more', async () => {
    let second: LaunchReport | undefined;
    tasks.onList = async (count) => {
      if (count !== 2) return;
      // The holder has read an empty queue for the last time when this message comes.
      await send(1);
      second = await launch(5);
    };

    const first = await launch(5);

    expect(second).toEqual({ started: 0, failed: 0 });
    expect(first).toEqual({ started: 1, failed: 0 });
    expect((await row())?.again).toBeUndefined();
  });
});

describe('a launcher that stops in the middle', () => {
  it('keeps the pool for its lock alone, and what it ran counts although no list shows it', async () => {
    await send(2);
    tasks.shown = () => [];
    let wake = () => {};
    const asleep = new Promise<void>((done) => {
      wake = done;
    });
    const stuck = new Promise<void>((reached) => {
      tasks.onRun = (count) => {
        if (count === 2) reached();
        return count <= 2 ? asleep : Promise.resolve();
      };
    });
    const frozen = launch(2);
    await stuck;

    expect(await launch(2)).toEqual({ started: 0, failed: 0 });
    app.clock.advance(LOCK_MS);
    expect(await launch(2)).toEqual({ started: 0, failed: 0 });
    app.clock.advance(RECENT_MS - LOCK_MS);
    expect(await launch(2)).toEqual({ started: 2, failed: 0 });

    wake();
    await frozen;
  });

  it('runs nothing more when it comes to itself and another has the pool', async () => {
    await send(30);
    let wake = () => {};
    const asleep = new Promise<void>((done) => {
      wake = done;
    });
    const stuck = new Promise<void>((reached) => {
      tasks.onRun = (count) => {
        if (count === 10) reached();
        return count <= 10 ? asleep : Promise.resolve();
      };
    });
    const frozen = launch(30);
    await stuck;
    app.clock.advance(LOCK_MS);

    const other = await launch(30);
    wake();

    expect(other).toEqual({ started: 20, failed: 0 });
    expect(await frozen).toEqual({ started: 10, failed: 0 });
    expect(tasks.runs).toHaveLength(30);
  });
});

describe('a launch', () => {
  it('gives running workers the time to take what waits', async () => {
    tasks.shown = () => running('a');
    await send(1);
    // The first look has seen the message when it is taken.
    tasks.onList = async (count) => void (count === 1 && (await takeOne()));
    expect(await launch(5)).toEqual({ started: 0, failed: 0 });

    await send(2);
    expect(await launch(5)).toEqual({ started: 2, failed: 0 });
  });

  it('counts those that start against what waits, and all against the most', async () => {
    await send(5);
    tasks.shown = () => [...running('a', 'b'), { id: 'c', state: 'starting' }];

    expect(await launch(6)).toEqual({ started: 3, failed: 0 });
    app.clock.advance(RECENT_MS);
    expect(await launch(3)).toEqual({ started: 0, failed: 0 });
  });

  it('runs as many tasks as what waits fills', async () => {
    await send(9);
    const look = { pool: POOL, max: 9, concurrency: 4, nudged: true, settleMs: 5 };

    expect((await launchWorkers(app.system, tasks, look)).started).toBe(3);
    expect((await launchWorkers(app.system, tasks, look)).started).toBe(0);
    await send(4);
    expect((await launchWorkers(app.system, tasks, look)).started).toBe(1);
  });

  it('costs a look at the queue and nothing else when the schedule finds it empty', async () => {
    app.meter.reset();
    await launch(5, false);

    expect(app.meter.snapshot()).toMatchObject({ tableCalls: 0, messageCalls: 1 });
  });

  it('that cannot run a task says why, lets the pool go and tries anew within the minute', async () => {
    await send(3);
    let token = '';
    tasks.onRun = async (_count, task) => {
      token = task.token;
      throw unavailable('No task was started.', new Error('RESOURCE:ENI'));
    };

    expect(await launch(2)).toEqual({ started: 0, failed: 2 });
    expect(app.errors).toHaveLength(2);
    expect(app.errors[0]).toContain('RESOURCE:ENI');
    expect((await row())?.lockUntil).toBeUndefined();
    expect((await claim(token)).status).toBe(401);

    tasks.onRun = async () => {};
    expect(await launch(2)).toEqual({ started: 0, failed: 0 });
    app.clock.advance(RECENT_MS);
    expect(await launch(2, false)).toEqual({ started: 2, failed: 0 });
    expect(app.errors.join()).not.toMatch(/asw_/);
  });

  it('that cannot see the tasks lets the pool go, and fails', async () => {
    await send(1);
    tasks.onList = async () => {
      throw unavailable('out of reach');
    };

    await expect(launch(2)).rejects.toMatchObject({ code: 'unavailable' });
    expect((await row())?.lockUntil).toBeUndefined();
  });

  it.each([
    ['at once where there is room', 2, 1],
    ['by the next schedule where the pool is full', 1, 0],
  ])('replaces a worker that is ending when a message comes: %s', async (_, max, atOnce) => {
    // It has asked for messages for the last time, and the list does not know yet.
    tasks.shown = () => running('ending');
    await send(1);
    expect((await launch(max)).started).toBe(atOnce);

    tasks.shown = () => [];
    expect((await launch(max, false)).started).toBe(1 - atOnce);
    expect(tasks.runs).toHaveLength(1);
  });

  it('gives each worker a token of its own for its pool, for longer than it lives with its last job', async () => {
    await send(2);
    await launch(2);
    const day = 86_400_000;
    const [first] = tasks.runs;

    for (const { token } of tasks.runs) expect((await claim(token)).status).toBe(200);
    expect((await claim(first?.token ?? '', 'other')).status).toBe(403);
    expect(first?.lifeSeconds).toBe(7 * 86_400);
    app.clock.advance(37 * day);
    expect((await claim(first?.token ?? '')).status).toBe(200);
    app.clock.advance(day);
    expect((await claim(first?.token ?? '')).status).toBe(401);
  });

  it('is for the system alone', async () => {
    const ctx = { ...app.system, actor: { kind: 'anonymous' } as const };
    const asked = launchWorkers(ctx, tasks, { pool: POOL, max: 1, nudged: true });

    await expect(asked).rejects.toMatchObject({ code: 'forbidden' });
    expect(await row()).toBeUndefined();
  });
});
