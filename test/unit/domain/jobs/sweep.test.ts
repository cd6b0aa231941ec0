import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sweepJobs } from '#domain/jobs/index.ts';
import { AppError } from '#kernel/errors.ts';
import { type JobBench, LEASE_MS, messagesOf, openJobBench, tagOf } from './job-bench.ts';

let bench: JobBench;
beforeEach(async () => {
  bench = await openJobBench();
});
afterEach(() => bench.app.close());
afterAll(() => vi.restoreAllMocks());

const MINUTE = 60_000;

describe('a job whose worker was lost', () => {
  it('is left alone while its lease lasts', async () => {
    const held = await bench.start();
    bench.app.clock.advance(LEASE_MS - 1);
    await held.beat();
    bench.app.clock.advance(LEASE_MS - 1);

    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
    expect(await bench.job(held.claim.jobId)).toMatchObject({ status: 'started', attempt: 1 });
  });

  it('is queued again with a message; the next attempt has a run of its own (P4)', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;
    await bench.messages();
    bench.app.clock.advance(LEASE_MS);

    expect(await bench.sweep()).toEqual({ sent: 0, lost: 1 });

    expect(await bench.job(jobId)).toMatchObject({ status: 'queued', attempt: 1 });
    expect(await bench.messages()).toEqual([{ version: 1, jobId, attempt: 2 }]);
    const killed = await bench.run(runId);
    expect(killed.info.status).toBe('KILLED');
    expect(tagOf(killed, 'assay.reason')).toBe('worker_lost');
    const second = await bench.hold(jobId, 2);
    expect(second.claim.runId).not.toBe(runId);
    expect((await bench.alice.get(`/api/v1/jobs/${jobId}/mlflowRun`)).body.mlflowRunId).toBe(
      second.claim.runId,
    );
    await second.finish();
    expect((await bench.run(runId)).info.status).toBe('KILLED');
    expect((await bench.run(second.claim.runId)).info.status).toBe('FINISHED');
  });

  it('is failed after the third loss, with a reason', async () => {
    const { id } = await bench.submit();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await bench.hold(id, attempt);
      bench.app.clock.advance(LEASE_MS);
      expect(await bench.sweep()).toMatchObject({ lost: 1 });
    }

    expect(await bench.job(id)).toMatchObject({
      ...{ status: 'failed', reason: 'worker_lost', attempt: 3 },
    });
    expect(await bench.due()).toEqual([]);
    expect(messagesOf(await bench.log(id))).toEqual([
      'Attempt 1 ended (worker_lost); the job is queued again.',
      'Attempt 2 ended (worker_lost); the job is queued again.',
      'The job failed (worker_lost: 3 workers were lost).',
    ]);
  });

  it('goes back to those who wait, in an external pool', async () => {
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });
    await bench.claim({ pool: 'own' }, own);
    bench.app.clock.advance(LEASE_MS);
    await bench.sweep();

    expect(await bench.due()).toEqual([]);
    expect(await bench.messages('own')).toEqual([]);
    const again = await bench.claim({ pool: 'own' }, own);
    expect(again.body.claim).toMatchObject({ jobId: id, attempt: 2 });
  });

  it('does not wait for all those that were lost with it', async () => {
    for (let jobs = 0; jobs < 16; jobs += 1) await bench.start();
    bench.app.clock.advance(LEASE_MS);
    const { table } = bench.app.platform;
    const get = table.get.bind(table);
    let [now, most] = [0, 0];
    vi.spyOn(table, 'get').mockImplementation(async (...call) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now -= 1;
      return get(...call);
    });

    expect(await bench.sweep()).toMatchObject({ lost: 16 });

    vi.restoreAllMocks();
    expect(most).toBeGreaterThanOrEqual(8);
    expect(await bench.due()).toEqual([]);
  });

  it('is not taken from a worker whose heartbeat comes at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const held = await bench.start();
      bench.app.clock.advance(LEASE_MS);

      const [beat, report] = await Promise.all([held.beat(), bench.sweep()]);

      // One of them won, and both agree on which.
      expect(report.lost).toBe(beat.status === 409 ? 1 : 0);
      const { status } = await bench.job(held.claim.jobId);
      expect(status).toBe(beat.status === 409 ? 'queued' : 'started');
      await bench.sweep();
      await held.finish({ outcome: 'failed' });
    }
  });
});

describe('a worker that gives its job back (P7)', () => {
  it('does not charge the job, however often', async () => {
    const { id } = await bench.submit();
    await bench.messages();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const held = await bench.hold(id, attempt);
      expect((await held.release()).status).toBe(200);
      await bench.app.settled();
      expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: attempt + 1 }]);
      const run = await bench.run(held.claim.runId);
      expect([run.info.status, tagOf(run, 'assay.reason')]).toEqual(['KILLED', 'worker_stopped']);
    }

    expect(await bench.row(id)).toMatchObject({ state: 'queued', attempt: 5, lost: 0 });
  });

  it('is not put off by a change that came between', async () => {
    const held = await bench.start();
    vi.spyOn(bench.app.platform.table, 'transact').mockResolvedValueOnce({
      ...{ ok: false, refusals: [{}] },
    });

    expect((await held.release()).status).toBe(200);
    expect(await bench.job(held.claim.jobId)).toMatchObject({ status: 'queued' });
  });
});

describe('a message that was not sent (P12)', () => {
  it('follows when the queue is back after five minutes: the API went on accepting', async () => {
    const send = vi.spyOn(bench.app.platform.messages, 'send');
    send.mockRejectedValue(new AppError('unavailable', 'The queue is out of reach.'));
    const ids: number[] = [];
    for (let second = 0; second < 300; second += 30) {
      ids.push((await bench.submit()).id);
      bench.app.clock.advance(30_000);
      expect((await bench.sweep()).sent).toBe(0);
    }
    expect(ids).toHaveLength(10);
    expect(await bench.messages()).toEqual([]);

    send.mockRestore();
    bench.app.clock.advance(MINUTE);
    expect((await bench.sweep()).sent).toBe(10);

    const sent = await bench.messages();
    expect(sent.map(({ jobId }) => jobId).toSorted()).toEqual(ids.toSorted());
    for (const { jobId, attempt } of sent) await (await bench.hold(jobId, attempt)).finish();
    expect(await bench.due()).toEqual([]);
  });

  it('is sent by the next sweep, not before ten seconds, and again where it got lost', async () => {
    const send = vi.spyOn(bench.app.platform.messages, 'send');
    send.mockRejectedValueOnce(new Error('cut'));
    const { id } = await bench.submit();
    bench.app.clock.advance(9_999);
    expect((await bench.sweep()).sent).toBe(0);
    bench.app.clock.advance(1);

    expect((await bench.sweep()).sent).toBe(1);
    expect((await bench.sweep()).sent).toBe(0);
    expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: 1 }]);
    expect((await bench.sweep()).sent).toBe(1);
  });

  it('is not sent twice while it is on its way', async () => {
    for (let jobs = 0; jobs < 3; jobs += 1) await bench.submit();
    bench.app.clock.advance(MINUTE);

    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
    expect(await bench.messages()).toHaveLength(3);
  });

  it('is sent for what waits alone', async () => {
    const { id } = await bench.submit();
    const held = await bench.start();
    await bench.messages();
    bench.app.clock.advance(20_000);
    await held.beat();

    expect(await bench.sweep()).toEqual({ sent: 1, lost: 0 });
    expect(await bench.messages()).toEqual([{ version: 1, jobId: id, attempt: 1 }]);
  });
});

describe('the sweep', () => {
  it('eight times at once does each thing once', async () => {
    const lost = await bench.start();
    const unsent = vi.spyOn(bench.app.platform.messages, 'send');
    unsent.mockRejectedValueOnce(new Error('cut'));
    const { id } = await bench.submit();
    await bench.messages();
    bench.app.clock.advance(LEASE_MS);

    const reports = await Promise.all(
      Array.from({ length: 8 }, () => sweepJobs(bench.app.otherProcess().system)),
    );
    await bench.app.settled();

    expect(reports.reduce((sum, report) => sum + report.lost, 0)).toBe(1);
    expect(await bench.row(lost.claim.jobId)).toMatchObject({ state: 'queued', lost: 1 });
    // Messages may be there more than once: only one of them is worth a claim.
    const wishes = await bench.messages();
    expect(new Set(wishes.map(({ jobId }) => jobId))).toEqual(new Set([id, lost.claim.jobId]));
    const claims = await Promise.all(
      wishes.map((wish) => bench.claim({ jobId: wish.jobId, attempt: wish.attempt })),
    );
    expect(claims.filter(({ body }) => body.claim !== null)).toHaveLength(2);
  });

  it('goes on when one job cannot be swept', async () => {
    const [first, second] = [await bench.start(), await bench.start()];
    bench.app.clock.advance(LEASE_MS);
    vi.spyOn(bench.app.platform.table, 'transact').mockRejectedValueOnce(new Error('broken'));

    expect((await bench.sweep()).lost).toBe(1);
    expect(bench.app.errors.join()).toContain('sweep_failed');
    const states = [await bench.job(first.claim.jobId), await bench.job(second.claim.jobId)];
    expect(states.map(({ status }) => status).toSorted()).toEqual(['queued', 'started']);
    expect((await bench.sweep()).lost).toBe(1);
  });

  it('forgets deleted jobs, and ends the runs of those that were running', async () => {
    const queued = await bench.submit();
    const running = await bench.start();
    const at = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
    for (const id of [queued.id, running.claim.jobId]) await bench.alice.delete(`${at}/${id}`);
    bench.app.clock.advance(16 * MINUTE);

    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
    expect(await bench.due()).toEqual([]);
    const run = await bench.run(running.claim.runId);
    expect([run.info.status, tagOf(run, 'assay.reason')]).toEqual(['KILLED', 'job_deleted']);
  });

  it('is for the system alone', async () => {
    const actor = { kind: 'worker', pool: 'default', tokenHash: 'h' } as const;
    await expect(sweepJobs({ ...bench.app.system, actor })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });
});
