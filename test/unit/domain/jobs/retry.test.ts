import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { backoffMs } from '#domain/jobs/end/policy.ts';
import { type JobBench, LEASE_MS, messagesOf, openJobBench } from './job-bench.ts';

const MINUTE = 60_000;
let bench: JobBench;
beforeEach(async () => {
  bench = await openJobBench();
  vi.spyOn(bench.app.platform.ids, 'fraction').mockReturnValue(0.999_999);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await bench.app.close();
});

const failWith = async (jobId: number, attempt: number, exitCode?: number) => {
  const held = await bench.hold(jobId, attempt);
  const answer = await held.finish({ outcome: 'failed', reason: 'task_failed', exitCode });
  expect(answer.status).toBe(200);
  await bench.app.settled();
  return held;
};

describe('an exit code that the policy names (P10)', () => {
  it('queues the job again, after a pause that doubles, until its attempts are used up', async () => {
    const retry = { attempts: 3, exitCodes: [75, 137], backoffSeconds: 20 };
    const { id } = await bench.submit({ retry });
    await bench.messages();

    await failWith(id, 1, 75);
    expect(await bench.job(id)).toMatchObject({ status: 'queued', reason: null, attempt: 1 });
    expect((await bench.claim({ jobId: id, attempt: 2 })).body.claim).toBe(null);
    expect((await bench.claim({ jobId: id, attempt: 2, orAnother: true })).body.claim).toBe(null);
    expect(await bench.messages()).toEqual([]);
    bench.app.clock.advance(20_000);
    expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: 2 }]);
    await failWith(id, 2, 137);
    bench.app.clock.advance(39_000);
    expect((await bench.claim({ jobId: id, attempt: 3 })).body.claim).toBe(null);
    bench.app.clock.advance(1_000);
    const last = await failWith(id, 3, 75);

    expect(await bench.job(id)).toMatchObject({
      ...{ status: 'failed', reason: 'task_failed', attempt: 3, retry },
    });
    expect(messagesOf(await bench.log(id))).toEqual([
      'Attempt 1 ended (exit code 75); the job is queued again in 20 s.',
      'Attempt 2 ended (exit code 137); the job is queued again in 40 s.',
      'The job failed (task_failed).',
    ]);
    const { status } = (await bench.run(last.claim.runId)).info;
    expect(status).toBe('FAILED');
    expect(await bench.due()).toEqual([]);
  });

  it.each([
    ['another code', { attempts: 3, exitCodes: [75] }, 1],
    ['no code', { attempts: 3, exitCodes: [75] }, undefined],
    ['a policy of one attempt', { attempts: 1, exitCodes: [75] }, 75],
    ['no policy', undefined, 75],
  ])('ends it with %s', async (_what, retry, exitCode) => {
    const { id } = await bench.submit({ retry });

    await failWith(id, 1, exitCode);

    expect(await bench.job(id)).toMatchObject({ status: 'failed', reason: 'task_failed' });
  });

  it.each(['timeout', 'cancelled'])('does not count after a %s', async (reason) => {
    const { id } = await bench.submit({ retry: { exitCodes: [75] } });
    const held = await bench.hold(id, 1);

    await held.finish({ outcome: 'failed', reason, exitCode: 75 });

    expect(await bench.job(id)).toMatchObject({ status: 'failed', reason });
  });

  it('shares its attempts with lost workers', async () => {
    const { id } = await bench.submit({
      retry: { attempts: 2, exitCodes: [9], backoffSeconds: 0 },
    });
    await failWith(id, 1, 9);
    await bench.hold(id, 2);
    bench.app.clock.advance(LEASE_MS);

    expect((await bench.sweep()).lost).toBe(1);

    expect(await bench.job(id)).toMatchObject({
      ...{ status: 'failed', reason: 'worker_lost', message: '2 attempts are used up.' },
    });
  });

  it('is brought back by the sweeper where its message got lost', async () => {
    const { id } = await bench.submit({ retry: { exitCodes: [9], backoffSeconds: 30 } });
    await bench.messages();
    await failWith(id, 1, 9);
    bench.app.clock.advance(29_000);
    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
    bench.app.clock.advance(1_000);
    await bench.messages();

    expect(await bench.sweep()).toEqual({ sent: 1, lost: 0 });

    expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: 2 }]);
    expect((await bench.claim({ orAnother: true, jobId: id, attempt: 2 })).body.claim.jobId).toBe(
      id,
    );
  });
});

describe('a pause before another attempt', () => {
  it('is by chance between half and all of what doubles, an hour at most', () => {
    const policy = { attempts: 9, exitCodes: [], backoffSeconds: 10 };
    const pauses = (spent: number) =>
      [0, 0.5, 0.999_999].map((chance) => {
        return Math.round(backoffMs(policy, spent, chance) / 100) / 10;
      });

    expect(pauses(1)).toEqual([5, 7.5, 10]);
    expect(pauses(4)).toEqual([40, 60, 80]);
    expect(pauses(50)).toEqual([1_800, 2_700, 3_600]);
    expect(backoffMs(undefined, 3, 0.5)).toBe(0);
  });
});

describe('a retry that somebody asks for', () => {
  it('queues a failed job with all its attempts again', async () => {
    const { id } = await bench.submit();
    await failWith(id, 1);
    await bench.messages();

    const answer = await bench.alice.post(`/api/v1/jobs/${id}/retry`);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'queued', reason: null, attempt: 1 });
    expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: 2 }]);
    for (let attempt = 2; attempt <= 4; attempt += 1) {
      await bench.hold(id, attempt);
      bench.app.clock.advance(LEASE_MS);
      await bench.sweep();
    }
    expect(await bench.job(id)).toMatchObject({ status: 'failed', reason: 'worker_lost' });
    expect(messagesOf(await bench.log(id))).toContain('alice asked for another attempt.');
  });

  it('sends a job that a reset holds', async () => {
    const { id } = await bench.submit();
    const at = `/api/v1/experiments/${bench.setup.experiment}/jobs/${id}`;
    await failWith(id, 1);
    await bench.alice.put(`${at}/status`, { status: 'reset' });
    expect((await bench.claim({ jobId: id, attempt: 2 })).body.claim).toBe(null);

    expect((await bench.alice.post(`${at}/retry`)).body.status).toBe('queued');

    expect((await bench.hold(id, 2)).claim.jobId).toBe(id);
  });

  it('is refused for a job that has not failed', async () => {
    const queued = await bench.submit();
    const held = await bench.start();
    const refusals = [
      await bench.alice.post(`/api/v1/jobs/${queued.id}/retry`),
      await bench.alice.post(`/api/v1/jobs/${held.claim.jobId}/retry`),
    ];
    await held.finish();
    refusals.push(await bench.alice.post(`/api/v1/jobs/${held.claim.jobId}/retry`));

    for (const { status, body } of refusals) {
      expect([status, body.error]).toEqual([409, 'JobNotFailedError']);
    }
  });
});

describe('a job that waits too long', () => {
  it.each(['default', 'own'])('fails, in the pool %s', async (pool) => {
    const worker = bench.app.bearer(await bench.app.newWorkerToken(pool));
    const queue = bench.setup.queues.get(pool);
    const { id } = await bench.submit({ queue, queueTimeout: '5m' });
    bench.app.clock.advance(5 * MINUTE - 1);
    await bench.sweep();
    expect((await bench.job(id)).status).toBe('queued');
    bench.app.clock.advance(1);

    expect((await bench.claim({ pool, jobId: id, attempt: 1 }, worker)).body.claim).toBe(null);
    await bench.sweep();

    expect(await bench.job(id)).toMatchObject({
      status: 'failed',
      reason: 'queue_timeout',
      message: 'No worker took it within 5m.',
      queueTimeout: '5m',
    });
    expect(await bench.due()).toEqual([]);
  });

  it('does not when a worker took it in time, and waits anew after a lost worker', async () => {
    const { id } = await bench.submit({ queueTimeout: '60s' });
    bench.app.clock.advance(50_000);
    await bench.hold(id, 1);
    bench.app.clock.advance(LEASE_MS);
    await bench.sweep();
    bench.app.clock.advance(59_000);
    await bench.sweep();
    expect((await bench.job(id)).status).toBe('queued');
    bench.app.clock.advance(1_000);
    await bench.sweep();

    expect(await bench.job(id)).toMatchObject({ status: 'failed', reason: 'queue_timeout' });
  });
});

describe('what a job may ask for', () => {
  it.each([
    [{ timeout: '0s' }, 'JobTimeoutError', 'timeout:'],
    [{ queueTimeout: '31d' }, 'JobTimeoutError', 'queueTimeout:'],
  ])('%j is refused', async (wish, error, start) => {
    const at = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
    const queue = bench.setup.queues.get('default');
    const answer = await bench.alice.post(at, {
      ...{ entrypoint: bench.setup.entrypoint, queue },
      ...wish,
    });

    expect([answer.status, answer.body.error]).toEqual([400, error]);
    expect(answer.body.message).toContain(start);
  });

  it.each([
    { attempts: 0 },
    { attempts: 101 },
    { exitCodes: [0] },
    { exitCodes: [256] },
    { backoffSeconds: -1 },
    { backoffSeconds: 3_601 },
  ])('%j is no policy', async (retry) => {
    const at = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
    const queue = bench.setup.queues.get('default');
    const answer = await bench.alice.post(at, {
      ...{ entrypoint: bench.setup.entrypoint, queue, retry },
    });

    expect(answer.status).toBe(400);
    expect(answer.body.errors.retry).toBeDefined();
  });
});
