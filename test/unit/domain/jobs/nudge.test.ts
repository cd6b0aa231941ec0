import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wakeWorker } from '#domain/jobs/queue/send.ts';
import { launchWorkers } from '#domain/pools/index.ts';
import { createCache } from '#kernel/cache.ts';
import { systemClock } from '#kernel/clock.ts';
import type { Context } from '#kernel/context.ts';
import { memoryTasks } from '../../../support/worker-tasks.ts';
import { type JobBench, openJobBench } from './job-bench.ts';

const POOL = 'default';
const NUDGE_MS = 2_000;

let bench: JobBench;
beforeEach(async () => {
  bench = await openJobBench();
  bench.app.meter.reset();
});
afterEach(() => bench.app.close());

const nudges = () => bench.app.meter.snapshot().backgroundCalls;

describe('a submitted job', () => {
  it('nudges the launcher, but a burst does so once in two seconds for each pool', async () => {
    for (let sent = 0; sent < 20; sent += 1) await bench.submit();
    expect(nudges()).toBe(1);

    await bench.submit({ queue: bench.setup.queues.get('other') });
    expect(nudges()).toBe(2);

    bench.app.clock.advance(NUDGE_MS);
    await Promise.all(Array.from({ length: 20 }, () => bench.submit()));
    expect(nudges()).toBe(3);
  });

  it('nudges nobody for a pool whose workers ask by themselves', async () => {
    await bench.submit({ queue: bench.setup.queues.get('own') });

    expect(nudges()).toBe(0);
  });

  it('is submitted although the launcher cannot be reached, and the next one tries again', async () => {
    let tries = 0;
    const deferred: Promise<unknown>[] = [];
    const ctx: Context = {
      ...bench.app.system,
      defer: (work) => void deferred.push(work),
      background: {
        async start() {
          tries += 1;
          throw new Error('out of reach');
        },
      },
    };
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });

    for (const _ of [1, 2]) {
      expect(await wakeWorker(ctx, { id, pool: POOL, external: false, attempt: 0 })).toBe(true);
      await Promise.allSettled(deferred);
    }

    expect(tries).toBe(2);
    expect(await bench.messages()).toHaveLength(2);
  });
});

describe('the last job of a burst', () => {
  it('is seen by the launcher that the first one nudged: no schedule is needed', async () => {
    const tasks = memoryTasks();
    const launches: Promise<unknown>[] = [];
    const ctx: Context = {
      ...bench.app.system,
      clock: systemClock,
      cache: createCache(systemClock),
      background: {
        async start(_task, input) {
          const launch = { pool: String(input.pool), max: 9, nudged: true };
          launches.push(launchWorkers(bench.app.system, tasks, launch));
        },
      },
    };
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });
    const send = () => wakeWorker(ctx, { id, pool: POOL, external: false, attempt: 0 });
    await send();
    await wait(1_000);
    expect(tasks.runs).toHaveLength(1);
    await wait(800);
    await send();
    await Promise.all(launches);

    expect(launches).toHaveLength(1);
    expect(tasks.runs).toHaveLength(2);
  });

  it('is seen in a storm through many processes, too, and no task too many is run', async () => {
    const tasks = memoryTasks();
    const launches: Promise<unknown>[] = [];
    const processOf = (): Context => ({
      ...bench.app.system,
      cache: createCache(systemClock),
      background: {
        async start(_task, input) {
          const launch = { pool: String(input.pool), max: 40, nudged: true, settleMs: 50 };
          launches.push(launchWorkers(bench.app.system, tasks, launch));
        },
      },
    });
    const processes = Array.from({ length: 8 }, processOf);
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });

    await Promise.all(
      Array.from({ length: 200 }, (_, at) =>
        wakeWorker(processes[at % 8] ?? processOf(), {
          id,
          pool: POOL,
          external: false,
          attempt: 0,
        }),
      ),
    );
    await Promise.all(launches);

    expect(launches).toHaveLength(8);
    expect(tasks.runs).toHaveLength(40);
  });
});
