import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteMessages, type SqliteMessages } from '#embedded/sqlite-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { workerClient } from '#worker/client.ts';
import { consume, WorkerRefused } from '#worker/loop.ts';
import { DONE, shell, startKit, type WorkerKit } from './kit.ts';
import { POOL } from './protocol-server.ts';

let kit: WorkerKit;
let wake: SqliteMessages;
beforeEach(async () => {
  kit = await startKit();
  wake = openSqliteMessages(':memory:', { clock: systemClock });
});
afterEach(async () => {
  wake.close();
  expect(kit.server.violations).toEqual([]);
  await kit.close();
});

const messageOf = (jobId: number) => JSON.stringify({ version: 1, jobId, attempt: 1 });
const allEnded = () => [...kit.server.jobs.values()].every(({ state }) => state === 'finished');
const verdicts = () =>
  kit.events.filter(({ event }) => event === 'message').map(({ facts }) => ({ ...facts }));

describe('the loop', () => {
  it('runs each job once although every message comes eight times to eight slots', async () => {
    for (let id = 1; id <= 5; id += 1) {
      kit.server.addJob();
      for (let copy = 0; copy < 8; copy += 1) await wake.send(POOL, messageOf(id));
    }

    await kit.runUntil(() => allEnded() && verdicts().length === 40, shell(`echo once; ${DONE}`), {
      wake,
      concurrency: 8,
    });

    for (const job of kit.server.jobs.values()) {
      expect(job.claims).toBe(1);
      expect(job.log.map(({ message }) => message)).toEqual(['once']);
    }
    expect(await wake.backlog(POOL)).toBe(0);
    expect(verdicts()).toHaveLength(40);
  });

  it('removes the message as soon as the job is claimed', async () => {
    const job = kit.server.addJob();
    await wake.send(POOL, messageOf(job.id));
    const removed: number[] = [];
    const watching = {
      ...wake,
      remove: async (queue: string, receipt: string) => {
        removed.push(kit.server.calls.filter(({ verb }) => verb === 'finish').length);
        await wake.remove(queue, receipt);
      },
    };

    await kit.runUntil(allEnded, shell(`sleep 0.3; ${DONE}`), { wake: watching });

    expect(removed).toEqual([0]);
  });

  it.each([
    ['is no JSON', '{"version":'],
    ['is of another kind', '{"hello":"world"}'],
    ['names no job', '{"version":1,"jobId":-4,"attempt":1}'],
  ])('leaves a message that %s to the dead letters and takes the next', async (_, body) => {
    await wake.send(POOL, body);
    const job = kit.server.addJob();
    await wake.send(POOL, messageOf(job.id));
    const touched: string[] = [];
    const watching = {
      receive: wake.receive,
      remove: async (queue: string, receipt: string) => {
        touched.push('removed');
        await wake.remove(queue, receipt);
      },
      release: async () => {
        touched.push('released');
      },
    };

    await kit.runUntil(allEnded, shell(DONE), { wake: watching });

    expect(touched).toEqual(['removed']);
    expect(verdicts()[0]).toMatchObject({ verdict: 'never' });
  });

  it('puts a message back when the API cannot be asked', async () => {
    const job = kit.server.addJob();
    await wake.send(POOL, messageOf(job.id));
    kit.server.fault = ({ verb }) => (verb === 'claim' ? { status: 500 } : undefined);
    const released: number[] = [];
    const watching = {
      ...wake,
      release: async (_queue: string, _receipt: string, seconds: number) => {
        released.push(seconds);
      },
    };

    await kit.runUntil(() => released.length > 0, shell(DONE), { wake: watching });

    expect(released).toEqual([10]);
    expect(job.claims).toBe(0);
  });

  it('stops at once while it waits for a message, and gives back one that just came', async () => {
    const { stopMs } = await kit.runUntil(() => true, shell(DONE), { wake, waitSeconds: 20 });
    expect(stopMs).toBeLessThan(5_000);

    const job = kit.server.addJob();
    const stop = new AbortController();
    const released: number[] = [];
    const late = {
      receive: async () => {
        stop.abort();
        return [{ body: messageOf(job.id), receipt: 'r', deliveries: 1 }];
      },
      remove: async () => {},
      release: async (_queue: string, _receipt: string, seconds: number) => {
        released.push(seconds);
      },
    };
    await consume(kit.options(shell(DONE), { wake: late, signal: stop.signal }));

    expect(released).toEqual([0]);
    expect(job.claims).toBe(0);
  });

  it('stops at once while a call waits for a job', async () => {
    const asked = () => kit.server.calls.length > 0;

    const { stopMs } = await kit.runUntil(asked, shell(DONE), { waitSeconds: 20, concurrency: 4 });

    expect(stopMs).toBeLessThan(5_000);
  });

  it('gives back a job that it claimed by a long poll while it was stopping', async () => {
    const stop = new AbortController();
    const job = kit.server.addJob();
    kit.server.fault = async ({ verb }) => {
      if (verb === 'claim') stop.abort();
      return undefined;
    };

    await consume(kit.options(shell(DONE), { signal: stop.signal }));

    expect(job).toMatchObject({ state: 'queued', releases: 1, finish: undefined });
  });

  it('ends by itself when idle, but not while a job runs', async () => {
    const job = kit.server.addJob();
    await wake.send(POOL, messageOf(job.id));
    const from = performance.now();

    await consume(kit.options(shell(`sleep 1.5; ${DONE}`), { wake, concurrency: 2, idleMs: 500 }));

    expect(job.state).toBe('finished');
    expect(performance.now() - from).toBeGreaterThan(2_000);
    expect(performance.now() - from).toBeLessThan(12_000);
  });

  it('takes a message that comes while another slot is idle already', async () => {
    const job = kit.server.addJob();
    const released: string[] = [];
    let calls = 0;
    const late = {
      async receive() {
        calls += 1;
        const mine = calls === 2;
        await wait(mine ? 1_500 : 50);
        return mine ? [{ body: messageOf(job.id), receipt: 'r', deliveries: 1 }] : [];
      },
      remove: async () => {},
      release: async (_queue: string, receipt: string) => void released.push(receipt),
    };

    await consume(kit.options(shell(DONE), { wake: late, concurrency: 2, idleMs: 300 }));

    expect(job).toMatchObject({ state: 'finished', releases: 0 });
    expect(released).toEqual([]);
  });

  it('leaves no message taken and unheard when it ends idle', async () => {
    const asked: (AbortSignal | undefined)[] = [];
    let open = 0;
    let openAtEnd = 0;
    const counting = {
      ...wake,
      async receive(...[queue, options]: Parameters<SqliteMessages['receive']>) {
        asked.push(options.signal);
        options.signal?.addEventListener('abort', () => {
          openAtEnd = open;
        });
        open += 1;
        return wake.receive(queue, options).finally(() => {
          open -= 1;
        });
      },
    };

    await consume(kit.options(shell(DONE), { wake: counting, concurrency: 3, idleMs: 1_500 }));

    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.every((signal) => signal?.aborted)).toBe(true);
    expect(openAtEnd).toBe(0);
  });

  it('takes nothing new when its life is over, and ends with what it runs', async () => {
    const jobs = [kit.server.addJob(), kit.server.addJob()];
    for (const { id } of jobs) await wake.send(POOL, messageOf(id));
    const from = performance.now();

    await consume(kit.options(shell(`sleep 1.5; ${DONE}`), { wake, lifeMs: 500 }));

    expect(performance.now() - from).toBeGreaterThan(1_500);
    expect(jobs.map(({ state, releases }) => [state, releases])).toEqual([
      ['finished', 0],
      ['queued', 0],
    ]);
    expect(await wake.backlog(POOL)).toBe(1);
  });

  it('ends when its life is over although it waits for a message, and idle slots do not hold it', async () => {
    const from = performance.now();

    await consume(kit.options(shell(DONE), { wake, concurrency: 2, lifeMs: 2_500, idleMs: 1_000 }));
    await consume(kit.options(shell(DONE), { wake, concurrency: 2, lifeMs: 500 }));

    expect(performance.now() - from).toBeLessThan(12_000);
  });

  it('keeps going when the queue fails for a while', async () => {
    const job = kit.server.addJob();
    await wake.send(POOL, messageOf(job.id));
    let failures = 2;
    const flaky = {
      ...wake,
      receive: async (...given: Parameters<SqliteMessages['receive']>) => {
        failures -= 1;
        if (failures >= 0) throw new Error('the queue is away');
        return wake.receive(...given);
      },
    };

    await kit.runUntil(allEnded, shell(DONE), { wake: flaky });

    expect(kit.events.filter(({ event }) => event === 'waiting_failed')).toHaveLength(2);
  });

  it('ends with an error when the API does not accept its token', async () => {
    kit.server.addJob();
    const client = workerClient({ apiUrl: kit.server.url, token: 'wrong', pool: POOL });

    await expect(consume(kit.options(shell(DONE), { client }))).rejects.toThrow(WorkerRefused);
  });
});
