import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const put = async (id: number, status: string) => {
  const at = `/api/v1/experiments/${bench.setup.experiment}/jobs/${id}/status`;
  const answer = await bench.alice.put(at, { status });
  await bench.app.settled();
  return answer;
};

/** How a job is brought into each state by reports alone. */
const WAYS: { readonly [state: string]: readonly string[] } = {
  queued: [],
  deferred: ['deferred'],
  started: ['started'],
  finished: ['started', 'finished'],
  failed: ['started', 'failed'],
};
const ALLOWED: { readonly [state: string]: readonly string[] } = {
  queued: ['started', 'deferred', 'reset'],
  deferred: ['started', 'reset'],
  started: ['finished', 'failed', 'reset'],
  finished: ['reset'],
  failed: ['reset'],
};
const WORDS = ['queued', 'started', 'deferred', 'finished', 'failed', 'reset'];
const moves = Object.keys(WAYS).flatMap((from) => WORDS.map((to) => ({ from, to })));

describe('a reported status', () => {
  it.each(moves)('from $from to $to', async ({ from, to }) => {
    const job = await bench.submit();
    for (const word of WAYS[from] ?? []) await put(job.id, word);
    const before = await bench.job(job.id);

    const answer = await put(job.id, to);

    const after = await bench.job(job.id);
    if (ALLOWED[from]?.includes(to)) {
      const status = to === 'reset' ? 'queued' : to;
      expect([answer.status, answer.body]).toEqual([200, { id: job.id, status }]);
      expect(after.status).toBe(status);
      expect(after.snapshot).toBeGreaterThan(before.snapshot);
    } else {
      expect(answer.body.error).toBe('JobInvalidStatusTransitionError');
      expect(after).toEqual(before);
    }
  });

  it('refuses a word that is none', async () => {
    const job = await bench.submit();
    expect((await put(job.id, 'paused')).status).toBe(400);
  });

  it('takes the job from the worker that holds it, and ends its run', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;

    await put(jobId, 'failed');

    const refused = [await held.beat(), await held.finish(), await held.release()];
    expect(refused.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(await bench.job(jobId)).toMatchObject({ status: 'failed', attempt: 1 });
    expect((await bench.run(runId)).info.status).toBe('FAILED');
    expect(await bench.due()).not.toContain(jobId);
  });
});

describe('reset', () => {
  it('holds a job although its message is still waiting', async () => {
    await bench.messages();
    const { id } = await bench.submit();
    await put(id, 'reset');
    const message = (await bench.messages()).find(({ jobId }) => jobId === id);

    expect(message).toEqual({ version: 1, jobId: id, attempt: 1 });
    expect((await bench.claim({ jobId: id, attempt: 1 })).body.claim).toBe(null);
    bench.app.clock.advance(20 * 60_000);
    await bench.sweep();
    expect((await bench.messages()).map(({ jobId }) => jobId)).not.toContain(id);
    expect(await bench.due()).not.toContain(id);
  });

  it('holds a job although its message is being sent at that moment', async () => {
    const { messages } = bench.app.platform;
    const original = messages.send;
    const send = vi.spyOn(messages, 'send').mockImplementation(async (queue, body) => {
      await original(queue, body);
      await put(JSON.parse(body).jobId, 'reset');
    });
    const { id } = await bench.submit();
    send.mockRestore();

    expect(await bench.row(id)).toMatchObject({ state: 'queued', held: true });
    expect(await bench.due()).not.toContain(id);
  });

  it('of a running job stops it, unlinks its run, and lets nobody have it again', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;
    await bench.messages();

    await put(jobId, 'reset');

    expect((await held.beat()).status).toBe(409);
    expect((await bench.run(runId)).info.status).toBe('KILLED');
    expect((await bench.alice.get(`/api/v1/jobs/${jobId}/mlflowRun`)).body.mlflowRunId).toBe(null);
    for (const attempt of [1, 2]) {
      expect((await bench.claim({ jobId, attempt })).body.claim).toBe(null);
    }
    expect(await bench.messages()).toEqual([]);
  });

  it('keeps a job of an external pool from those who wait, until it is started by hand', async () => {
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });
    await put(id, 'reset');

    expect((await bench.claim({ pool: 'own' }, own)).body.claim).toBe(null);
    expect((await bench.claim({ pool: 'own', jobId: id }, own)).body.claim).toBe(null);
    expect((await put(id, 'started')).status).toBe(200);
    expect((await put(id, 'finished')).status).toBe(200);
    expect(await bench.row(id)).not.toHaveProperty('held');
  });
});
