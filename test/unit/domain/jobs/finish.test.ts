import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, Json } from '../../../support/app.ts';
import { textOf } from '../../../support/jobs.ts';
import { type Held, type JobBench, LEASE_MS, messagesOf, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(() => bench.app.close());

const finished = (...artifacts: object[]) => ({ outcome: 'finished', artifacts });
const artifactsOf = async (jobId: number): Promise<Json[]> => {
  const page = (await bench.alice.get('/api/v1/artifacts?pageLength=1000')).body;
  return page.data.filter((artifact: Json) => artifact.job === jobId);
};

describe('finishing an attempt', () => {
  it('ends job and run and shows the artifacts, in one commit', async () => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;
    const artifact = await held.store();
    expect(await artifactsOf(jobId)).toEqual([]);

    const answer = await held.finish(finished(artifact));

    expect(answer.status).toBe(200);
    const job = await bench.job(jobId);
    expect(job).toMatchObject({ status: 'finished', reason: null, attempt: 1 });
    const [shown] = await artifactsOf(jobId);
    expect(job.artifacts.map(({ id }: Json) => id)).toEqual([shown.id]);
    const contents = await bench.alice.get(`/api/v1/artifacts/${shown.id}/contents`);
    const bytes = await bench.app.platform.blobs.handleRequest(
      new Request(contents.headers.get('location') ?? ''),
    );
    expect(await bytes.text()).toBe(textOf(runId));
    expect((await bench.run(runId)).info.status).toBe('FINISHED');
    expect(await bench.due()).not.toContain(jobId);
    const row = await bench.row(jobId);
    for (const name of ['lease', 'leaseUntil', 'tokenHash', 'dueOn'])
      expect(row).not.toHaveProperty(name);
  });

  it.each([finished(), { outcome: 'failed', reason: 'task_failed' }])(
    'keeps the last word of how far it is: %j',
    async (outcome) => {
      const held = await bench.start();
      const progress = { fraction: 0.9, message: 'epoch 9' };

      await held.finish({ ...outcome, progress });

      expect((await bench.job(held.claim.jobId)).progress).toMatchObject(progress);
    },
  );

  it('counts a directory beyond the first page of its files', async () => {
    const held = await bench.start();
    const { blobs } = bench.app.platform;
    const folder = `runs/${held.claim.runId}/artifacts/rows/many`;
    const names = Array.from({ length: 1_050 }, (_, at) => `${folder}/${at}`);
    await Promise.all(names.map((name) => blobs.put(name, 'xy')));
    const artifact = { name: 'rows', path: 'rows/many', isDir: true, ...bench.setup.task };

    const short = await held.finish(finished({ ...artifact, size: 2_000 }));
    const missing = await held.finish(finished({ ...artifact, size: 2_100, bundle: { size: 1 } }));
    const answer = await held.finish(finished({ ...artifact, size: 2_100 }));

    expect([short.status, short.body.reason]).toEqual([400, 'artifact_incomplete']);
    expect([missing.status, missing.body.reason]).toEqual([400, 'artifact_incomplete']);
    expect(answer.status).toBe(200);
  });

  it('may be repeated, with the same result once', async () => {
    const held = await bench.start();
    const artifact = await held.store();
    await held.finish(finished(artifact));
    const before = await bench.job(held.claim.jobId);

    const again = await Promise.all([held.finish(finished(artifact)), held.finish(finished())]);

    expect(again.map(({ status }) => status)).toEqual([200, 200]);
    expect(await bench.job(held.claim.jobId)).toEqual(before);
    expect(await artifactsOf(held.claim.jobId)).toHaveLength(1);
  });

  it('said eight times at once still ends it once', async () => {
    const held = await bench.start();
    const artifact = await held.store();

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => held.finish(finished(artifact))),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(await artifactsOf(held.claim.jobId)).toHaveLength(1);
    const states = await bench.alice.get(`/api/v1/jobs/${held.claim.jobId}/snapshots`);
    expect(states.body.data.map((one: Json) => one.status)).toEqual([
      ...['queued', 'started', 'finished'],
    ]);
  });

  it.each([
    ['missing', 'rows/other.txt', 0],
    ['shorter than it was said to be', 'rows/rows.txt', 1],
  ])('refuses an artifact that is %s, and changes nothing', async (_what, path, more) => {
    const held = await bench.start();
    const { jobId, runId } = held.claim;
    const artifact = (await held.store()) as { size: number };
    const before = await bench.row(jobId);

    const answer = await held.finish(finished({ ...artifact, path, size: artifact.size + more }));

    expect([answer.status, answer.body.reason]).toEqual([400, 'artifact_incomplete']);
    expect(await bench.row(jobId)).toEqual(before);
    expect(await artifactsOf(jobId)).toEqual([]);
    expect((await bench.run(runId)).info.status).toBe('RUNNING');
    expect((await held.finish(finished(artifact))).status).toBe(200);
  });

  it('refuses an artifact that the job registered by itself, instead of trying for ever', async () => {
    const held = await bench.start();
    const { jobId, runId, experimentId } = held.claim;
    const artifact = await held.store();
    const uri = `mlflow-artifacts:/${experimentId}/${runId}/artifacts/rows/rows.txt`;
    const body = { group: bench.setup.group, job: jobId, artifactUri: uri, description: '' };
    expect((await held.child.post('/api/v1/artifacts', body)).status).toBe(200);

    const answer = await held.finish(finished(artifact));

    expect([answer.status, answer.body.reason]).toEqual([400, 'artifact_exists']);
    expect(await bench.job(jobId)).toMatchObject({ status: 'started' });
  });

  it('keeps the reason of a failure, and says it in the log once', async () => {
    const held = await bench.start();
    const outcome = { outcome: 'failed', reason: 'task_failed', message: 'Division by zero.' };

    await held.finish(outcome);
    await held.finish(outcome);

    const { jobId, runId } = held.claim;
    expect(await bench.job(jobId)).toMatchObject({ status: 'failed', reason: 'task_failed' });
    expect((await bench.run(runId)).info.status).toBe('FAILED');
    expect(messagesOf(await bench.log(jobId))).toEqual([
      'The job failed (task_failed: Division by zero.).',
    ]);
  });
});

describe('a worker whose lease has moved on (P3)', () => {
  const refusals = (answers: readonly Answer[]) =>
    answers.map(({ status, body }) => [status, body.reason]);

  async function zombie(): Promise<{ held: Held; artifact: object }> {
    const held = await bench.start();
    const artifact = await held.store();
    await held.log(0, ['before']);
    bench.app.clock.advance(LEASE_MS + 1);
    expect((await bench.sweep()).lost).toBeGreaterThanOrEqual(1);
    return { held, artifact };
  }

  it.each(['queued again', 'taken by another'])(
    'can write nothing when the job is %s',
    async (now) => {
      const { held, artifact } = await zombie();
      const { jobId } = held.claim;
      const other = now === 'queued again' ? undefined : await bench.hold(jobId, 2);
      const [before, log] = [await bench.row(jobId), await bench.log(jobId)];

      const answers = [
        await held.beat(),
        await held.log(1, ['after']),
        await held.log(0, ['before', 'after']),
        await held.uploads([{ path: 'rows/rows.txt', size: 1 }]),
        await held.finish(finished(artifact)),
        await held.finish({ outcome: 'failed', reason: 'timeout' }),
        await held.release(),
      ];

      expect(refusals(answers)).toEqual(Array(7).fill([409, 'lease_lost']));
      expect(await bench.row(jobId)).toEqual(before);
      expect(await bench.log(jobId)).toEqual(log);
      expect(await artifactsOf(jobId)).toEqual([]);
      if (other !== undefined) expect((await other.finish()).status).toBe(200);
    },
  );

  it('can write nothing with the number of the newer attempt either', async () => {
    const { held } = await zombie();
    const { jobId, lease } = held.claim;
    await bench.hold(jobId, 2);
    const forged = { attempt: 2, lease };
    const post = (verb: string, body: object) =>
      bench.worker.post(`/api/worker/v1/jobs/${jobId}/${verb}`, { ...forged, ...body });

    const answers = [await post('heartbeat', {}), await post('finish', finished())];

    expect(refusals(answers)).toEqual(Array(2).fill([409, 'lease_lost']));
  });

  it('hears 409 also after the job was ended by another attempt', async () => {
    const { held } = await zombie();
    const other = await bench.hold(held.claim.jobId, 2);
    await other.finish();

    expect(refusals([await held.finish(finished()), await held.beat()])).toEqual(
      Array(2).fill([409, 'lease_lost']),
    );
  });

  it('of another pool sees no job at all', async () => {
    const held = await bench.start();
    const stranger = bench.app.bearer(await bench.app.newWorkerToken('other'));
    const { jobId, attempt, lease } = held.claim;
    const answer = await stranger.post(`/api/worker/v1/jobs/${jobId}/finish`, {
      ...{ attempt, lease, outcome: 'finished' },
    });

    expect(answer.status).toBe(404);
    expect(await bench.job(jobId)).toMatchObject({ status: 'started' });
  });
});
