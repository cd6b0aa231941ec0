import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { settleDependants } from '#domain/jobs/dependencies/settle.ts';
import type { Job } from '#domain/jobs/index.ts';
import type { Json } from '../../../support/app.ts';
import { type JobBench, messagesOf, openJobBench } from './job-bench.ts';

let bench: JobBench;
let at: string;
beforeAll(async () => {
  bench = await openJobBench();
  at = `/api/v1/experiments/${bench.setup.experiment}/jobs`;
});
afterAll(() => bench.app.close());

const dependent = (...ids: readonly number[]) => bench.submit({ dependsOn: ids });
const stateOf = async (id: number) => {
  const { status, reason } = await bench.job(id);
  return reason === null ? status : `${status}: ${reason}`;
};
const finish = async (id: number) => {
  await (await bench.hold(id, 1)).finish();
  await bench.app.settled();
};
const fail = async (id: number, reason = 'task_failed') => {
  await (await bench.hold(id, 1)).finish({ outcome: 'failed', reason });
  await bench.app.settled();
};

describe('a job that depends on others', () => {
  it('waits for them, and is queued with a message when the last has finished', async () => {
    const [a, b] = [await bench.submit(), await bench.submit()];
    const job = await dependent(a.id, b.id);
    await bench.messages();
    expect(job).toMatchObject({ status: 'deferred', dependsOn: [a.id, b.id] });
    expect((await bench.claim({ jobId: job.id, attempt: 1 })).body.claim).toBe(null);

    await finish(a.id);
    expect(await stateOf(job.id)).toBe('deferred');
    await finish(b.id);

    expect(await stateOf(job.id)).toBe('queued');
    expect(await bench.messages()).toEqual([{ version: 1, jobId: job.id, attempt: 1 }]);
    expect((await bench.row(a.id)).awaited).toBeUndefined();
    await finish(job.id);
    expect(await stateOf(job.id)).toBe('finished');
  });

  it('does not wait for those that have finished', async () => {
    const a = await bench.submit();
    await finish(a.id);

    expect(await dependent(a.id)).toMatchObject({ status: 'queued', dependsOn: [a.id] });
  });

  it.each([
    ['failed', 'failed (task_failed)', (id: number) => fail(id)],
    [
      'was cancelled',
      'was cancelled',
      (id: number) => bench.alice.post(`/api/v1/jobs/${id}/cancel`),
    ],
    ['was deleted', 'was deleted', (id: number) => bench.alice.delete(`${at}/${id}`)],
  ])('fails when one %s, with all that depend on it', async (_what, why, end) => {
    const a = await bench.submit();
    const job = await dependent(a.id, (await bench.submit()).id);
    const next = await dependent(job.id);

    await end(a.id);
    await bench.app.settled();

    expect(await stateOf(job.id)).toBe('failed: dependency_failed');
    expect((await bench.job(job.id)).message).toBe(`The job ${a.id}, on which it depends, ${why}.`);
    expect(messagesOf(await bench.log(job.id))).toEqual([
      `The job ${a.id}, on which it depends, ${why}.`,
    ]);
    expect(await stateOf(next.id)).toBe('failed: dependency_failed');
    expect(await bench.due()).toEqual([]);
  });

  it('is told of a dependency that failed before', async () => {
    const a = await bench.submit();
    await fail(a.id);

    const job = await dependent(a.id);
    await bench.app.settled();

    expect(await stateOf(job.id)).toBe('failed: dependency_failed');
  });

  it.each([
    ['unknown', () => 987_654],
    ['no job', () => bench.setup.experiment],
    [
      'of another group',
      async () => {
        const stranger = await bench.app.newUser();
        const group = await bench.app.newGroup(stranger);
        const { id } = await bench.submit();
        const item = { ...(await bench.row(id)), groupId: group.id };
        await bench.app.platform.table.write({ kind: 'put', item });
        return id;
      },
    ],
    [
      'deleted',
      async () => {
        const { id } = await bench.submit();
        await bench.alice.delete(`${at}/${id}`);
        return id;
      },
    ],
  ])('is refused when one is %s', async (_what, idOf) => {
    const answer = await bench.alice.post(at, {
      ...{ entrypoint: bench.setup.entrypoint, queue: bench.setup.queues.get('default') },
      dependsOn: [await idOf()],
    });

    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('dependsOn: there is no job');
  });

  it('can be cancelled, and started by somebody else: its dependencies mean nothing then', async () => {
    const a = await bench.submit();
    const [cancelled, started] = [await dependent(a.id), await dependent(a.id)];
    await bench.alice.post(`/api/v1/jobs/${cancelled.id}/cancel`);
    await bench.alice.put(`${at}/${started.id}/status`, { status: 'started' });

    await finish(a.id);

    expect(await stateOf(cancelled.id)).toBe('failed: cancelled');
    expect(await stateOf(started.id)).toBe('started');
  });

  it('is queued by a retry without waiting again', async () => {
    const a = await bench.submit();
    const job = await dependent(a.id);
    await fail(a.id);

    const retried = (await bench.alice.post(`/api/v1/jobs/${job.id}/retry`)).body;

    expect(retried).toMatchObject({ status: 'queued', reason: null, message: null });
    await finish(job.id);
    expect(await stateOf(job.id)).toBe('finished');
  });
});

describe('when the process dies between an end and its word to others', () => {
  it.each(['finished', 'failed'] as const)('the sweeper tells them: %s', async (outcome) => {
    const a = await bench.submit();
    const jobs = [await dependent(a.id), await dependent(a.id)];
    await (await bench.hold(a.id, 1)).finish({ outcome });
    const row = (await bench.row(a.id)) as unknown as Job;
    expect(row).toMatchObject({ awaited: true, gsi1pk: 'DUE' });

    await Promise.all([bench.sweep(), settleDependants(bench.app.system, row), bench.sweep()]);

    const wanted = outcome === 'finished' ? 'queued' : 'failed: dependency_failed';
    for (const { id } of jobs) expect(await stateOf(id)).toBe(wanted);
    expect(await bench.due()).toEqual([]);
    for (const { id } of jobs) await bench.alice.delete(`${at}/${id}`);
  });
});

describe('an end and a submission that meet', () => {
  it('leave no job waiting for what is over', async () => {
    for (let round = 0; round < 30; round += 1) {
      const a = await bench.submit();
      const held = await bench.hold(a.id, 1);

      const [answer] = await Promise.all([
        bench.alice.post(at, {
          ...{ entrypoint: bench.setup.entrypoint, queue: bench.setup.queues.get('default') },
          dependsOn: [a.id],
        }),
        held.finish(),
      ]);
      await bench.app.settled();
      await bench.sweep();

      expect(answer.status).toBe(200);
      expect(await stateOf(a.id)).toBe('finished');
      expect(await stateOf(answer.body.id)).toBe('queued');
      await bench.alice.delete(`${at}/${answer.body.id}`);
    }
  });
});

describe('many', () => {
  const COUNT = process.env.FULL === '1' ? 1_000 : 120;

  it(`a job that depends on ${COUNT} runs after the last of them`, {
    timeout: 120_000,
  }, async () => {
    const jobs: Json[] = [];
    for (let made = 0; made < COUNT; made += 1) jobs.push(await bench.submit());
    // One ends while the job that waits for it is being made.
    const early = await bench.hold(jobs[0].id, 1);
    const { transact } = bench.app.platform.table;
    let isFirst = true;
    vi.spyOn(bench.app.platform.table, 'transact').mockImplementation(async (writes) => {
      const outcome = await transact.call(bench.app.platform.table, writes);
      const isBatch = writes.every(({ kind }) => kind !== 'delete') && writes.length > 50;
      if (isFirst && isBatch) {
        isFirst = false;
        await early.finish();
      }
      return outcome;
    });
    const job = await dependent(...jobs.map(({ id }) => id));
    vi.restoreAllMocks();
    expect(isFirst).toBe(false);
    await bench.app.settled();
    await bench.sweep();
    for (const { id } of jobs.slice(1, -1)) await (await bench.hold(id, 1)).finish();
    await bench.app.settled();
    await bench.sweep();
    expect(await stateOf(job.id)).toBe('deferred');
    expect((await bench.row(job.id)).pending).toBe(1);

    await finish(jobs.at(-1)?.id);

    expect(await stateOf(job.id)).toBe('queued');
    expect(await bench.due()).toEqual([]);
    await finish(job.id);
  });

  it(`${COUNT} jobs that depend on one follow it`, { timeout: 120_000 }, async () => {
    const a = await bench.submit();
    const jobs: Json[] = [];
    for (let made = 0; made < COUNT; made += 1) jobs.push(await dependent(a.id));

    await finish(a.id);

    for (const { id } of jobs) expect(await stateOf(id)).toBe('queued');
    expect((await bench.row(a.id)).awaited).toBeUndefined();
    for (const { id } of jobs) await bench.alice.delete(`${at}/${id}`);
  });

  it(`a chain of ${COUNT} runs one after the other, or fails as a whole`, {
    timeout: 120_000,
  }, async () => {
    const [good, bad] = [[await bench.submit()], [await bench.submit()]];
    for (let made = 1; made < COUNT; made += 1) {
      good.push(await dependent(good.at(-1)?.id));
      bad.push(await dependent(bad.at(-1)?.id));
    }

    for (const { id } of good) await finish(id);
    await fail(bad[0]?.id);
    await bench.sweep();

    for (const { id } of good) expect(await stateOf(id)).toBe('finished');
    for (const { id } of bad.slice(1)) expect(await stateOf(id)).toBe('failed: dependency_failed');
    expect(await bench.due()).toEqual([]);
  });
});
