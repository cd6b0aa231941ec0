import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, READER } from '../../../support/app.ts';
import { type JobBench, LEASE_MS, messagesOf, openJobBench, tagOf } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(async () => {
  expect(bench.app.errors).toEqual([]);
  await bench.app.close();
});

const cancel = (id: number) => bench.alice.post(`/api/v1/jobs/${id}/cancel`);
const put = (id: number, status: string) =>
  bench.alice.put(`/api/v1/experiments/${bench.setup.experiment}/jobs/${id}/status`, { status });

describe('cancelling a job that waits (P6)', () => {
  it('ends it at once, and no worker gets it', async () => {
    const { id } = await bench.submit();
    const [message] = await bench.messages();

    const answer = await cancel(id);

    expect(answer).toMatchObject({ status: 200, body: { id, status: 'failed' } });
    expect(answer.body.reason).toBe('cancelled');
    const claim = await bench.claim({ jobId: message.jobId, attempt: message.attempt });
    expect(claim.body.claim).toBeNull();
    expect(messagesOf(await bench.log(id))).toEqual(['The job was cancelled by alice.']);
    expect(await bench.due()).not.toContain(id);
    bench.app.clock.advance(20 * 60_000);
    expect(await bench.sweep()).toEqual({ sent: 0, lost: 0 });
  });

  it('in an external pool takes it from those who ask', async () => {
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));
    const { id } = await bench.submit({ queue: bench.setup.queues.get('own') });

    expect((await cancel(id)).body.status).toBe('failed');

    expect((await bench.claim({ pool: 'own' }, own)).body.claim).toBeNull();
  });

  it('or is deferred or held ends it, too', async () => {
    for (const word of ['deferred', 'reset']) {
      const { id } = await bench.submit();
      await put(id, word);

      expect((await cancel(id)).body).toMatchObject({ status: 'failed', reason: 'cancelled' });
    }
  });
});

describe('cancelling a job that runs', () => {
  it('is heard by its worker at the next heartbeat; the job ends as cancelled, whatever is reported', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;
    expect((await held.beat()).body.cancel).toBe(false);

    const answer = await cancel(jobId);

    expect(answer.body).toMatchObject({ status: 'started', reason: 'cancelling' });
    expect((await cancel(jobId)).status).toBe(200);
    expect((await held.beat()).body.cancel).toBe(true);
    const artifacts = [await held.store()];
    expect((await held.finish({ outcome: 'finished', artifacts })).status).toBe(200);
    const job = await bench.job(jobId);
    expect(job).toMatchObject({ status: 'failed', reason: 'cancelled', artifacts: [] });
    expect((await bench.run(runId)).info.status).toBe('KILLED');
    expect(messagesOf(await bench.log(jobId)).at(-1)).toBe(
      'The job failed (cancelled: The job was cancelled by alice.).',
    );
    expect((await held.child.get(`/api/v1/jobs/${jobId}`)).status).toBe(401);
  });

  it('does not queue it again when its worker stops or is lost', async () => {
    const stopped = await bench.start();
    await cancel(stopped.claim.jobId);
    expect((await stopped.release()).status).toBe(200);
    const lost = await bench.start();
    await cancel(lost.claim.jobId);
    bench.app.clock.advance(LEASE_MS);
    expect(await bench.sweep()).toMatchObject({ lost: 1 });

    for (const { claim } of [stopped, lost]) {
      expect(await bench.job(claim.jobId)).toMatchObject({
        ...{ status: 'failed', reason: 'cancelled' },
      });
      const run = await bench.run(claim.runId);
      expect([run.info.status, tagOf(run, 'assay.reason')]).toEqual(['KILLED', 'cancelled']);
    }
    expect(await bench.due()).toEqual([]);
  });

  it('that was started from outside ends it at once; its worker cannot finish it', async () => {
    const { id } = await bench.submit();
    await put(id, 'started');

    expect((await cancel(id)).body).toMatchObject({ status: 'failed', reason: 'cancelled' });

    expect((await put(id, 'finished')).body.error).toBe('JobInvalidStatusTransitionError');
  });

  it('leaves only its end to others who report', async () => {
    const held = await bench.start();
    await cancel(held.claim.jobId);

    expect((await put(held.claim.jobId, 'finished')).status).toBe(400);
    expect((await put(held.claim.jobId, 'failed')).status).toBe(200);

    expect((await bench.job(held.claim.jobId)).reason).toBe('cancelled');
  });

  it('is forgotten when the job is reset', async () => {
    const held = await bench.start();
    await cancel(held.claim.jobId);
    await put(held.claim.jobId, 'reset');

    expect(await bench.row(held.claim.jobId)).not.toHaveProperty('cancelOn');
    expect(await bench.job(held.claim.jobId)).toMatchObject({ status: 'queued', reason: null });
  });
});

describe('a run that is marked as killed by the client of MLflow', () => {
  const kill = (runId: string, by: Client = bench.alice) =>
    by.post('/api/2.0/mlflow/runs/update', { run_id: runId, status: 'KILLED', end_time: 5 });

  it('has the job stopped whose attempt it is', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;

    const answer = await kill(runId);

    expect(answer.status).toBe(200);
    expect(answer.body.run_info).toMatchObject({ status: 'KILLED', end_time: 5 });
    expect((await held.beat()).body.cancel).toBe(true);
    expect((await kill(runId)).status).toBe(200);
    await held.finish({ outcome: 'failed', reason: 'cancelled' });
    expect(await bench.job(jobId)).toMatchObject({ status: 'failed', reason: 'cancelled' });
    expect((await kill(runId)).status).toBe(200);
  });

  it('and is of an attempt that was lost leaves the one that runs now', async () => {
    const first = await bench.start();
    const { jobId } = first.claim;
    await first.release();
    const second = await bench.hold(jobId, 2);

    expect((await kill(first.claim.runId)).status).toBe(200);

    expect((await second.beat()).body.cancel).toBe(false);
    await second.finish();
    expect((await bench.job(jobId)).status).toBe('finished');
  });

  it('by the job itself only says how the program sees it', async () => {
    const held = await bench.start();

    expect((await kill(held.claim.runId, held.child)).status).toBe(200);

    expect((await held.beat()).body.cancel).toBe(false);
    await held.finish();
  });

  it('is refused to those who may not write', async () => {
    const held = await bench.start();
    const [reader, stranger] = [await bench.app.newUser(), await bench.app.newUser()];
    await bench.app.join(reader, { id: 1, name: 'public' }, READER);
    await bench.app.join(stranger, { id: 1, name: 'public' }, {});

    const answers = [await kill(held.claim.runId, reader), await kill(held.claim.runId, stranger)];

    expect(answers.map(({ status }) => status)).toEqual([403, 404]);
    expect((await held.beat()).body.cancel).toBe(false);
    await held.finish();
  });
});

describe('cancelling', () => {
  it('what has ended is refused with 409', async () => {
    const held = await bench.start();
    await held.finish();
    const cancelled = await bench.submit();
    await cancel(cancelled.id);

    for (const id of [held.claim.jobId, cancelled.id]) {
      const { status, body } = await cancel(id);
      expect([status, body.error]).toEqual([409, 'JobEndedError']);
    }
    expect((await bench.job(held.claim.jobId)).status).toBe('finished');
  });

  it('is for those who may write the group, and not for the job itself', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    const [reader, stranger] = [await bench.app.newUser(), await bench.app.newUser()];
    const group = { id: 1, name: 'public' };
    await bench.app.join(reader, group, READER);
    await bench.app.join(stranger, group, {});
    const path = `/api/v1/jobs/${jobId}/cancel`;

    const answers = [
      await reader.post(path),
      await stranger.post(path),
      await held.child.post(path),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 404, 403]);
    const below = `/api/v1/experiments/${bench.setup.experiment}/jobs/${jobId}/cancel`;
    expect((await bench.alice.post('/api/v1/experiments/987654321/jobs/1/cancel')).status).toBe(
      404,
    );
    expect((await bench.alice.post(below)).status).toBe(200);
    await held.finish({ outcome: 'failed' });
  });

  it('is decided once when its end comes at the same time, 1,000 times', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 1_000; round += 1) {
      const held = await bench.start();
      const { jobId } = held.claim;
      const finish = () => held.finish();
      const ask = () => cancel(jobId);
      const [first, second] = round % 2 === 0 ? [finish, ask] : [ask, finish];
      const started = first();
      // Later by a few turns, so that the two meet at each of their steps.
      for (let turn = 0; turn < round % 16; turn += 1) await setImmediate();
      const [one, two] = await Promise.all([started, second()]);
      const [ended, asked] = round % 2 === 0 ? [one, two] : [two, one];

      const { status, reason } = await bench.job(jobId);
      expect(ended.status).toBe(200);
      expect([200, 409]).toContain(asked.status);
      expect([status, reason]).toEqual(
        asked.status === 200 ? ['failed', 'cancelled'] : ['finished', null],
      );
      seen.add(status);
    }
    expect(seen).toEqual(new Set(['failed', 'finished']));
  }, 240_000);

  it('is decided once when a claim comes at the same time', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { id } = await bench.submit();
      const [claim, asked] = await Promise.all([
        bench.claim({ jobId: id, attempt: 1 }),
        cancel(id),
      ]);

      expect(asked.status).toBe(200);
      const { status, reason } = await bench.job(id);
      expect([status, reason]).toEqual(
        claim.body.claim === null ? ['failed', 'cancelled'] : ['started', 'cancelling'],
      );
    }
  });
});
