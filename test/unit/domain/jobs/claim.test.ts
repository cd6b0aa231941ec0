import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { runKeys } from '#domain/tracking/run.items.ts';
import { indexKeys } from '#domain/tracking/run-index/index.items.ts';
import type { Json } from '../../../support/app.ts';
import { type JobBench, LEASE_MS, openJobBench, tagOf } from './job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
beforeEach(async () => {
  await bench.messages();
});
afterAll(() => bench.app.close());

const claimOf = async (wish: object): Promise<Json> => {
  const answer = await bench.claim(wish);
  expect(answer.status).toBe(200);
  return answer.body.claim;
};

describe('claiming a job', () => {
  it('gives lease, token, run and everything that the child needs', async () => {
    const { id } = await bench.submit({ values: { lines: '3' } });

    const claim = await claimOf({ jobId: id, attempt: 1 });

    const { setup } = bench;
    expect(claim).toMatchObject({
      ...{ jobId: id, attempt: 1, leaseSeconds: 30, heartbeatSeconds: 10, graceSeconds: 30 },
      ...{ timeoutSeconds: 86_400, groupId: setup.group, experimentId: setup.experiment },
      ...{ username: `job-${id}`, runtime: 'dioptra', parameters: '{"lines":3,"seconds":0.6}' },
      artifactTasks: { rows: { task: 'TextFile', ...setup.task } },
    });
    expect(JSON.parse(claim.config).graph).toHaveProperty('work');
    expect(await bench.job(id)).toMatchObject({ status: 'started', attempt: 1 });
    const run = await bench.run(claim.runId);
    expect(run.info).toMatchObject({ status: 'RUNNING', experiment_id: String(setup.experiment) });
    expect(tagOf(run, 'dioptra.jobId')).toBe(String(id));
    expect(run.data.params).toContainEqual({ key: 'lines', value: '3' });
    expect((await bench.row(id)).leaseUntil).toBe(bench.app.clock.now() + LEASE_MS);
  });

  it('leaves out of its run what no run can hold, so that it can be claimed', async () => {
    const { id } = await bench.submit();
    const row = await bench.row(id);
    const data = row.data as { readonly values: object };
    const values = { ...data.values, 'a;b': '1', '..': '2' };
    await bench.app.platform.table.write({
      kind: 'put',
      item: { ...row, data: { ...data, values } },
    });

    const claim = await claimOf({ jobId: id, attempt: 1 });

    const { params } = (await bench.run(claim.runId)).data;
    expect(params.map(({ key }: Json) => key).toSorted()).toEqual(['lines', 'seconds']);
  });

  it.each([8, 50])(
    'gives one of %d that ask at once the job, and the others nothing (P2)',
    async (many) => {
      const { id } = await bench.submit();
      const calls = Array.from({ length: many }, (_, n) =>
        bench.claim({ jobId: id, attempt: 1, worker: `w${n}`, call: `call ${n}` }),
      );

      const answers = await Promise.all(calls);

      expect(answers.every(({ status }) => status === 200)).toBe(true);
      const claims = answers.map(({ body }) => body.claim).filter((claim) => claim !== null);
      expect(claims).toHaveLength(1);
      expect(await bench.job(id)).toMatchObject({ status: 'started', attempt: 1 });
      const { table } = bench.app.platform;
      const marks = await table.query({ pk: indexKeys.marks(bench.setup.experiment, 0) });
      const runs = await table.batchGet(marks.items.map(({ sk }) => runKeys.run(sk)));
      const found = runs.filter((run) => run?.jobId === id);
      expect(found).toHaveLength(1);
    },
  );

  it('gives nothing for a stale or future attempt, an ended or a deleted job', async () => {
    const lost = await bench.start();
    await lost.release();
    const { jobId } = lost.claim;
    const done = await bench.start();
    await done.finish({ outcome: 'failed' });
    const deleted = await bench.submit();
    await bench.alice.delete(`/api/v1/experiments/${bench.setup.experiment}/jobs/${deleted.id}`);

    expect(await claimOf({ jobId, attempt: 1 })).toBe(null);
    expect(await claimOf({ jobId, attempt: 3 })).toBe(null);
    expect(await claimOf({ jobId: done.claim.jobId, attempt: 2 })).toBe(null);
    expect(await claimOf({ jobId: deleted.id, attempt: 1 })).toBe(null);
    expect(await claimOf({ jobId, attempt: 2 })).toMatchObject({ attempt: 2 });
  });

  it("refuses a pool that is not the token's, and knows no job of another pool", async () => {
    const { id } = await bench.submit({ queue: bench.setup.queues.get('other') });
    const other = bench.app.bearer(await bench.app.newWorkerToken('other'));

    expect((await bench.claim({ pool: 'other', jobId: id, attempt: 1 })).status).toBe(403);
    expect((await bench.claim({ jobId: id, attempt: 1 })).status).toBe(404);
    expect((await bench.claim({ jobId: 987_654, attempt: 1 })).status).toBe(404);
    expect((await bench.claim({ jobId: bench.setup.experiment, attempt: 1 })).status).toBe(404);
    const own = await bench.claim({ pool: 'other', jobId: id, attempt: 1 }, other);
    expect(own.body.claim).toMatchObject({ jobId: id });
    expect((await bench.claim({}, bench.alice)).status).toBe(403);
    expect((await bench.claim({}, bench.app.client())).status).toBe(401);
  });

  it('gives the call whose answer got lost the same attempt again', async () => {
    const { id } = await bench.submit();
    const wish = { jobId: id, attempt: 1, worker: 'w/0', call: 'the call' };
    const first = await claimOf(wish);
    bench.app.clock.advance(10_000);

    const again = await claimOf(wish);

    const { jobToken: before, ...same } = first;
    expect(again).toMatchObject(same);
    expect(again.jobToken).not.toBe(before);
    const row = await bench.row(id);
    expect(row).toMatchObject({ attempt: 1, leaseUntil: bench.app.clock.now() + LEASE_MS });
    expect(await claimOf({ ...wish, call: 'another' })).toBe(null);
    expect(await claimOf({ ...wish, worker: 'w/1' })).toBe(null);
    expect(await claimOf({ jobId: id, attempt: 1, worker: 'w/0' })).toBe(null);
  });

  it('is not put off by a change that came between', async () => {
    const { id } = await bench.submit();
    const { table } = bench.app.platform;
    const transact = vi
      .spyOn(table, 'transact')
      .mockResolvedValueOnce({ ok: false, refusals: [{}] });

    const claim = await claimOf({ jobId: id, attempt: 1 });

    expect(transact.mock.calls.length).toBeGreaterThanOrEqual(2);
    transact.mockRestore();
    expect(claim).toMatchObject({ jobId: id, attempt: 1 });
  });

  it('hands the jobs of an external pool out in order, each to one who asks', async () => {
    const queue = bench.setup.queues.get('own');
    const first = await bench.submit({ queue });
    const second = await bench.submit({ queue });
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));

    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await bench.claim({ pool: 'own' }, own));
    const more = await bench.submit({ queue });
    const race = await Promise.all(
      Array.from({ length: 8 }, () => bench.claim({ pool: 'own' }, own)),
    );

    const ids = answers.map(({ body }) => body.claim?.jobId);
    expect(ids).toEqual([first.id, second.id, undefined]);
    const raced = race.flatMap(({ body }) => body.claim?.jobId ?? []);
    expect(raced).toEqual([more.id]);
  });

  it('gives a call for any job one job, however often it is repeated', async () => {
    const queue = bench.setup.queues.get('own');
    const first = await bench.submit({ queue });
    const second = await bench.submit({ queue });
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));
    const ask = async (call: string): Promise<Json> =>
      (await bench.claim({ pool: 'own', call }, own)).body.claim;

    const claim = await ask('one');
    const again = await Promise.all(Array.from({ length: 4 }, () => ask('one')));
    const other = await ask('two');
    await own.post(`/api/worker/v1/jobs/${first.id}/finish`, {
      attempt: 1,
      lease: claim.lease,
      outcome: 'failed',
    });

    expect(claim).toMatchObject({ jobId: first.id, attempt: 1 });
    for (const { jobId, lease } of again) expect([jobId, lease]).toEqual([first.id, claim.lease]);
    expect(other).toMatchObject({ jobId: second.id, attempt: 1 });
    expect(await ask('one')).toBe(null);
  });

  it('gives one job to a call that is made twice at once', async () => {
    const queue = bench.setup.queues.get('own');
    await bench.submit({ queue });
    await bench.submit({ queue });
    const own = bench.app.bearer(await bench.app.newWorkerToken('own'));

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => bench.claim({ pool: 'own', call: 'at once' }, own)),
    );

    const ids = answers.flatMap(({ body }) => body.claim?.jobId ?? []);
    expect(new Set(ids).size).toBe(1);
    const left = await bench.claim({ pool: 'own', call: 'later' }, own);
    expect(left.body.claim).not.toBe(null);
    expect(ids).not.toContain(left.body.claim.jobId);
  });

  it('says to who only asks that the jobs of a managed pool come by messages', async () => {
    const answer = await bench.claim({ waitSeconds: 20 });

    expect(answer.body).toEqual({ claim: null, byMessages: true });
  });

  it('answers at once, and says when to ask again, where open calls cost', async () => {
    const costly = await openJobBench({ pollSeconds: 15 });
    try {
      const from = performance.now();
      const own = costly.app.bearer(await costly.app.newWorkerToken('own'));
      const answer = await costly.claim({ pool: 'own', waitSeconds: 20 }, own);
      expect(answer.body).toEqual({ claim: null, pauseSeconds: 15 });
      expect(performance.now() - from).toBeLessThan(2_000);
    } finally {
      await costly.app.close();
    }
  });
});

describe('a heartbeat', () => {
  it('renews the lease, and tells when the job was deleted', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    bench.app.clock.advance(20_000);

    const beat = await held.beat();
    await bench.alice.delete(`/api/v1/experiments/${bench.setup.experiment}/jobs/${jobId}`);
    const last = await held.beat();

    expect(beat.body).toEqual({ leaseSeconds: 30, cancel: false });
    expect((await bench.row(jobId)).leaseUntil).toBe(bench.app.clock.now() + LEASE_MS);
    expect(last.body.cancel).toBe(true);
  });

  it('takes its times from the settings', async () => {
    const quick = await openJobBench({ lease: { seconds: 2, heartbeatSeconds: 0.5 } });
    try {
      const held = await quick.start();
      expect(held.claim).toMatchObject({ leaseSeconds: 2, heartbeatSeconds: 0.5 });
      expect((await held.beat()).body.leaseSeconds).toBe(2);
      const { leaseUntil } = await quick.row(held.claim.jobId);
      expect(leaseUntil).toBe(quick.app.clock.now() + 2_000);
    } finally {
      await quick.app.close();
    }
  });
});
