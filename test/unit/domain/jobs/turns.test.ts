import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waiting, waitingGroups } from '#domain/jobs/queue/waiting.ts';
import type { Client, Json, TestUser } from '../../../support/app.ts';
import { jobBody, setUpJobs } from '../../../support/jobs.ts';
import { type JobBench, LEASE_MS, openJobBench } from './job-bench.ts';

let bench: JobBench;
beforeEach(async () => {
  bench = await openJobBench();
});
afterEach(() => bench.app.close());

interface Tenant {
  readonly user: TestUser;
  readonly group: number;
  readonly submit: (overrides?: object) => Promise<Json>;
}

async function newTenant(name: string): Promise<Tenant> {
  const user = await bench.app.newUser(name);
  const group = (await bench.app.newGroup(user)).id;
  const setup = await setUpJobs(user, { group, queues: ['default'] });
  return {
    user,
    group,
    async submit(overrides) {
      const at = `/api/v1/experiments/${setup.experiment}/jobs`;
      const answer = await user.post(at, jobBody(setup, overrides));
      if (answer.status !== 200) throw new Error(answer.text);
      await bench.app.settled();
      return answer.body;
    },
  };
}

/** A worker that comes with the message of a job gets whichever is next. */
async function next(named: number, worker: Client = bench.worker): Promise<number | null> {
  const wish = { jobId: named, attempt: 1, orAnother: true, call: bench.app.platform.ids.hex32() };
  const { claim } = (await bench.claim(wish, worker)).body;
  bench.app.clock.advance(1_001);
  return claim?.jobId ?? null;
}
const idsOf = (jobs: readonly Json[]): readonly number[] => jobs.map(({ id }) => id);
const many = async (count: number, submit: () => Promise<Json>): Promise<readonly Json[]> => {
  const jobs: Json[] = [];
  for (let made = 0; made < count; made += 1) jobs.push(await submit());
  return jobs;
};

describe('jobs of one group', () => {
  it('go by the priority of their queues, and then by their age', async () => {
    const { group } = bench.setup;
    const queues = new Map<number, number>();
    for (const priority of [-5, 0, 100]) {
      const name = `priority ${priority}`;
      queues.set(
        priority,
        (await bench.alice.post('/api/v1/queues', { group, name, priority })).body.id,
      );
    }
    const entrypoint = (await bench.alice.get(`/api/v1/entrypoints/${bench.setup.entrypoint}`))
      .body;
    const ids = [...entrypoint.queues.map(({ id }: Json) => id), ...queues.values()];
    await bench.alice.post(`/api/v1/entrypoints/${entrypoint.id}/queues`, { ids });
    const jobs: Json[] = [];
    for (const priority of [-5, 0, 100, 0, -5, 100]) {
      jobs.push(await bench.submit({ queue: queues.get(priority) }));
    }

    const order: (number | null)[] = [];
    // Whatever messages say: the least urgent comes first among them.
    for (const { id } of jobs.toReversed()) order.push(await next(id));

    const at = idsOf(jobs);
    expect(order.slice(0, 2).toSorted()).toEqual([at[2], at[5]]);
    expect(order.slice(2, 4).toSorted()).toEqual([at[1], at[3]]);
    expect(order.slice(4).toSorted()).toEqual([at[0], at[4]]);
  });

  it('a priority is kept by who changes a queue without naming one', async () => {
    const { group } = bench.setup;
    const { id } = (await bench.alice.post('/api/v1/queues', { group, name: 'a', priority: 7 }))
      .body;

    const changed = await bench.alice.put(`/api/v1/queues/${id}`, { name: 'b', description: '' });

    expect(changed.body).toMatchObject({ name: 'b', priority: 7 });
    const refused = await bench.alice.put(`/api/v1/queues/${id}`, { name: 'b', priority: 101 });
    expect(refused.status).toBe(400);
  });

  it('are each taken once, when their messages come twice and at once', async () => {
    const jobs = await many(6, () => bench.submit());
    const wishes = [...jobs, ...jobs, ...jobs].map(({ id }, at) => ({
      ...{ jobId: id, attempt: 1, orAnother: true, worker: `w${at}`, call: `c${at}` },
    }));

    const claims = await Promise.all(wishes.map((wish) => bench.claim(wish)));

    const taken = claims.flatMap(({ body }) => body.claim?.jobId ?? []);
    expect(taken.toSorted()).toEqual(idsOf(jobs).toSorted());
  });

  it('a call that is repeated gets what it got, although it named another', async () => {
    const [first, second] = await many(2, () => bench.submit());
    await bench.hold(first?.id, 1);
    const wish = { jobId: first?.id, attempt: 1, orAnother: true, call: 'lost answer' };

    const claim = (await bench.claim(wish)).body.claim;
    const again = (await bench.claim(wish)).body.claim;

    expect(claim).toMatchObject({ jobId: second?.id, attempt: 1 });
    expect(again).toMatchObject({ jobId: second?.id, attempt: 1, lease: claim.lease });
  });

  it('a call that is repeated gets what it got, although its message was of an earlier attempt', async () => {
    const held = await bench.start();
    const { jobId } = held.claim;
    await held.release();
    const other = await bench.submit();
    const wish = { jobId, attempt: 1, orAnother: true, call: 'old message' };

    const claim = (await bench.claim(wish)).body.claim;
    const again = (await bench.claim(wish)).body.claim;

    expect(claim).toMatchObject({ jobId, attempt: 2 });
    expect(again).toMatchObject({ jobId, attempt: 2, lease: claim.lease });
    expect(await bench.job(other.id)).toMatchObject({ status: 'queued' });
  });

  it('a call that is made several times at once gets one job', async () => {
    const jobs = await many(6, () => bench.submit());
    const wish = { jobId: jobs[0]?.id, attempt: 1, orAnother: true, call: 'at once' };

    const claims = await Promise.all(Array.from({ length: 6 }, () => bench.claim(wish)));

    const taken = new Set(claims.flatMap(({ body }) => body.claim?.jobId ?? []));
    const states = await Promise.all(jobs.map(async ({ id }) => (await bench.job(id)).status));
    expect([...taken]).toEqual([jobs[0]?.id]);
    expect(states.filter((status) => status === 'started')).toHaveLength(1);
  });
});

describe('groups that share a pool', () => {
  it('take turns, however many jobs one of them has sent', async () => {
    const [loud, quiet] = [await newTenant('loud'), await newTenant('quiet')];
    const flood = await many(20, loud.submit);
    const few = await many(3, quiet.submit);

    const order: (number | null)[] = [];
    for (const { id } of flood.slice(0, 8)) order.push(await next(id));

    const own = order.filter((id) => idsOf(few).includes(id as number));
    expect(own).toHaveLength(3);
    expect(order.slice(0, 6).filter((id) => idsOf(few).includes(id as number))).toHaveLength(3);
  });

  it('the one with fewer at work comes first', async () => {
    const [a, b] = [await newTenant('a'), await newTenant('b')];
    const before = await many(4, a.submit);
    for (const { id } of before) await next(id);
    const waiting = await many(6, a.submit);
    const others = await many(6, b.submit);

    const order: (number | null)[] = [];
    for (const { id } of waiting.slice(0, 4)) order.push(await next(id));

    // Four of `a` are at work: `b` catches up.
    expect(order.every((id) => idsOf(others).includes(id as number))).toBe(true);
  });

  it('are many, and none is overlooked for ever where others always have jobs that wait', async () => {
    const { table } = bench.app.platform;
    const groups = Array.from({ length: 120 }, (_, at) => at + 1_000);
    for (const groupId of groups) {
      const job = { id: groupId, groupId, pool: 'own' };
      const key = { pk: `RES#${groupId}`, sk: 'CURRENT' };
      await table.write({ kind: 'put', item: { ...key, ...job, ...waiting(job) } });
    }

    const looks: (readonly number[])[] = [];
    for (let look = 0; look < 5; look += 1)
      looks.push(await waitingGroups(bench.app.system, 'own'));

    expect(looks.map(({ length }) => length)).toEqual([50, 50, 50, 50, 50]);
    expect(looks.slice(0, 3).flat().toSorted()).toEqual(
      [...groups, ...groups.slice(0, 30)].toSorted(),
    );
    expect(new Set(looks.slice(2).flat())).toEqual(new Set(groups));
  });
});

describe('a group with a limit (P41)', () => {
  let tenant: Tenant;
  beforeEach(async () => {
    tenant = await newTenant('limited');
    const put = bench.alice.put(`/api/v1/groups/${tenant.group}/limits`, { runningJobs: 2 });
    expect((await put).body).toEqual({ runningJobs: 2 });
    bench.app.clock.advance(6_000);
  });

  it('has so many jobs at work and no more; the others wait in their rows, and follow', async () => {
    const jobs = await many(5, tenant.submit);
    const first = [await next(jobs[0]?.id), await next(jobs[1]?.id)];
    expect(first).toEqual(idsOf(jobs.slice(0, 2)));
    expect([await next(jobs[2]?.id), await next(jobs[3]?.id)]).toEqual([null, null]);
    await bench.messages();

    // Nothing is put back, and the sweeper sends nothing for what cannot start.
    bench.app.clock.advance(15_000);
    expect((await bench.sweep()).sent).toBe(0);
    const row = await bench.row(jobs[0]?.id);
    const fence = { attempt: 1, lease: row.lease };
    await bench.worker.post(`/api/worker/v1/jobs/${jobs[0]?.id}/finish`, {
      ...{ ...fence, outcome: 'finished' },
    });
    await bench.app.settled();

    const [message, ...more] = await bench.messages();
    expect(more).toEqual([]);
    expect(await next(message.jobId)).toBe(jobs[2]?.id);
    expect(await next(jobs[3]?.id)).toBe(null);
  });

  it('never has more, when workers ask at once', async () => {
    const jobs = await many(8, tenant.submit);

    const claims = await Promise.all(
      jobs.map(({ id }, at) =>
        bench.claim({ jobId: id, attempt: 1, orAnother: true, worker: `w${at}`, call: `c${at}` }),
      ),
    );

    const taken = claims.filter(({ body }) => (body.claim ?? null) !== null);
    expect(taken.length).toBeLessThanOrEqual(2);
    while (taken.length < 2 && (await next(jobs[7]?.id)) !== null) taken.push(claims[0] as never);
    const states = await Promise.all(jobs.map(({ id }) => bench.row(id)));
    expect(states.filter(({ state }) => state === 'started')).toHaveLength(2);
  });

  it('never has more after its limit was lowered, when workers ask at once', async () => {
    const limits = `/api/v1/groups/${tenant.group}/limits`;
    await bench.alice.put(limits, { runningJobs: 6 });
    const jobs = await many(16, tenant.submit);
    for (const { id } of jobs.slice(0, 6)) await next(id);
    const rows = await Promise.all(jobs.slice(0, 6).map(({ id }) => bench.row(id)));
    // Those in the places that remain end, so that all others are at work in places that are no more.
    for (const { id, attempt, lease } of rows.filter(({ slot }) => Number(slot) < 4)) {
      const end = { attempt, lease, outcome: 'finished' };
      await bench.worker.post(`/api/worker/v1/jobs/${id}/finish`, end);
    }
    await bench.app.settled();
    await bench.alice.put(limits, { runningJobs: 4 });

    for (let round = 0; round < 3; round += 1) {
      const asked = jobs.slice(6).map(({ id }, at) => {
        const worker = `w${round} ${at}`;
        return bench.claim({ jobId: id, attempt: 1, orAnother: true, worker, call: worker });
      });
      await Promise.all(asked);
    }

    const states = await Promise.all(jobs.map(({ id }) => bench.row(id)));
    expect(states.filter(({ state }) => state === 'started')).toHaveLength(4);
  });

  it('gets places back that a lost worker held, or that nobody gave back', async () => {
    const jobs = await many(4, tenant.submit);
    const held = [await next(jobs[0]?.id), await next(jobs[1]?.id)];
    // As if the process had died before it gave the place back.
    const at = {
      pk: `SLOT#${tenant.group}`,
      sk: `${(await bench.row(held[0] ?? 0)).slot}`.padStart(15, '0'),
    };
    const slot = await bench.app.platform.table.get(at);
    await bench.alice.delete(`/api/v1/jobs/${held[0]}`);
    await tenant.user.post(`/api/v1/jobs/${held[1]}/cancel`);
    bench.app.clock.advance(LEASE_MS);
    await bench.sweep();
    if (slot !== undefined) await bench.app.platform.table.write({ kind: 'put', item: slot });
    await tenant.user.delete(`/api/v1/jobs/${held[0]}`);

    const more = [await next(jobs[2]?.id), await next(jobs[3]?.id)];

    expect(more).toEqual(idsOf(jobs.slice(2)));
  });

  it('has no place for another instead of one that is deleted, as long as a worker is at that', async () => {
    const jobs = await many(3, tenant.submit);
    const held = [await next(jobs[0]?.id), await next(jobs[1]?.id)];
    const { lease } = await bench.row(held[0] ?? 0);
    await tenant.user.delete(`/api/v1/jobs/${held[0]}`);

    const early = await next(jobs[2]?.id);
    const beat = await bench.worker.post(`/api/worker/v1/jobs/${held[0]}/heartbeat`, {
      ...{ attempt: 1, lease },
    });
    bench.app.clock.advance(LEASE_MS - 2_000);
    const stillEarly = await next(jobs[2]?.id);
    bench.app.clock.advance(2_000);

    expect([early, beat.body.cancel, stillEarly]).toEqual([null, true, null]);
    expect(await next(jobs[2]?.id)).toBe(jobs[2]?.id);
  });

  it('leaves other groups alone, and can have its limit taken away', async () => {
    const jobs = await many(3, tenant.submit);
    await next(jobs[0]?.id);
    await next(jobs[1]?.id);
    const other = await bench.submit();

    expect(await next(jobs[2]?.id)).toBe(other.id);
    expect(await next(jobs[2]?.id)).toBe(null);
    await bench.alice.put(`/api/v1/groups/${tenant.group}/limits`, { runningJobs: null });
    expect((await tenant.user.get(`/api/v1/groups/${tenant.group}/limits`)).body).toEqual({
      runningJobs: null,
    });
    bench.app.clock.advance(LEASE_MS - 10_000);
    await bench.messages();
    expect((await bench.sweep()).sent).toBeGreaterThan(0);
    expect(await next(jobs[2]?.id)).toBe(jobs[2]?.id);
  });

  it('is limited by administrators alone, and seen by members alone', async () => {
    const path = `/api/v1/groups/${tenant.group}/limits`;
    const stranger = await bench.app.newUser();

    expect((await tenant.user.put(path, { runningJobs: 50 })).status).toBe(403);
    expect((await stranger.get(path)).status).toBe(404);
    expect((await bench.alice.put(path, { runningJobs: -1 })).status).toBe(400);
    expect((await bench.alice.put('/api/v1/groups/987654/limits', { runningJobs: 1 })).status).toBe(
      404,
    );
  });
});
