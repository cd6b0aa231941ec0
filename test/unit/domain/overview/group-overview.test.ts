import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../support/app.ts';
import { type JobBench, openJobBench } from '../jobs/job-bench.ts';

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench({
    pools: [
      { name: 'default', kind: 'managed', usdPerHour: 3.6 },
      { name: 'other', kind: 'managed' },
      { name: 'own', kind: 'external' },
    ],
  });
});
afterAll(() => bench.app.close());

const overview = async (query = '', by: Pick<JobBench['alice'], 'get'> = bench.alice) => {
  const { status, body, text } = await by.get(
    `/api/v1/groups/${bench.setup.group}/overview${query}`,
  );
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return body;
};
const poolOf = (body: Json, wanted: string): Json =>
  body.pools.find(({ name }: Json) => name === wanted);

/** A job that ends after so many seconds. */
async function endAfter(seconds: number, outcome: object = { outcome: 'finished' }) {
  const held = await bench.start();
  for (let left = seconds; left > 0; left -= 10) {
    bench.app.clock.advance(Math.min(left, 10) * 1_000);
    await held.beat();
  }
  expect((await held.finish(outcome)).status).toBe(200);
  await bench.app.settled();
  return held.claim.jobId as number;
}

const isoOf = (time: number): string => `${new Date(time).toISOString().slice(0, -1)}000+00:00`;
const failed = { outcome: 'failed', reason: 'failed', artifacts: [] };

/** Another process, which keeps nothing of what this one knows, as alice sees it. */
const elsewhere = async (aheadMs = 0) => {
  const { token } = await bench.alice.newToken();
  return bench.app.otherProcess(aheadMs).bearer(token);
};

describe('the overview of a group', () => {
  it('counts its jobs by state and pool, and what ended lately', async () => {
    const { alice, app, setup } = bench;
    await endAfter(10);
    app.clock.advance(1);
    const since = app.clock.now();
    await endAfter(20);
    await endAfter(30, failed);
    await bench.start();
    const waiting = await bench.submit({ queue: setup.queues.get('own') });
    await bench.submit({ dependsOn: [waiting.id] });
    const reset = await bench.submit();
    const path = `/api/v1/experiments/${setup.experiment}/jobs/${reset.id}/status`;
    expect((await alice.put(path, { status: 'reset' })).status).toBe(200);

    const body = await overview(`?since=${new Date(since).toISOString()}`);

    expect(body.jobs).toEqual({
      ...{ running: 1, queued: 2, deferred: 1, finishedSince: 1, failedSince: 1 },
      since: isoOf(since),
      isComplete: true,
      asOf: isoOf(app.clock.now()),
    });
    expect(poolOf(body, 'default')).toMatchObject({ kind: 'managed', waiting: 0, running: 1 });
    expect(poolOf(body, 'own')).toMatchObject({ kind: 'external', waiting: 1, running: 0 });
    expect((await overview()).jobs).toMatchObject({
      ...{ finishedSince: 2, failedSince: 1 },
      since: isoOf(app.clock.now() - 86_400_000),
    });
  });

  it('sums up what jobs used that ended in this month', async () => {
    const { use } = await overview();

    expect(use).toMatchObject({
      from: '2026-01-01T00:00:00.000000+00:00',
      ...{ jobs: 3, seconds: 60, isComplete: true },
    });
    expect(use.estimatedCostUsd).toBeCloseTo(0.06, 9);
    const later = await overview('', await elsewhere(31 * 86_400_000));
    expect(later.use).toMatchObject({
      from: '2026-02-01T00:00:00.000000+00:00',
      ...{ jobs: 0, seconds: 0, estimatedCostUsd: null, isComplete: true },
    });
    expect(later.jobs).toMatchObject({ running: 1, finishedSince: 0, failedSince: 0 });
  });

  it('looks at jobs that ended before lists kept what they used', async () => {
    const { table } = bench.app.platform;
    const { items } = await table.query({ pk: `LIST#${bench.setup.group}#job` });
    const journal = items.filter(({ sk }) => sk.startsWith('J#'));
    expect(journal.filter(({ s }) => (s as Json).heldMs !== undefined)).toHaveLength(3);
    for (const item of journal) {
      const { heldMs: _, cost: __, ...s } = item.s as Json;
      await table.write({ kind: 'put', item: { ...item, s } });
    }
    const as = await elsewhere();

    for (let times = 0; times < 2; times += 1) {
      const { use } = await overview('', as);
      expect(use).toMatchObject({ jobs: 3, seconds: 60, isComplete: true });
      expect(use.estimatedCostUsd).toBeCloseTo(0.06, 9);
    }
  });

  it('is for members, and tells administrators how many wait in all groups', async () => {
    const { app, setup } = bench;
    const [member, stranger] = [await app.newUser(), await app.newUser()];
    const group = await app.newGroup(stranger);
    const path = `/api/v1/groups/${group.id}/overview`;
    await app.join(member, group, { read: true });
    await bench.submit({ queue: setup.queues.get('other') });

    const { pools, limits, use } = (await member.get(path)).body;
    expect(pools).toHaveLength(3);
    expect(pools.every((pool: Json) => pool.waiting === 0 && !('waitingOfAll' in pool))).toBe(true);
    expect([limits.runningJobs, use.estimatedCostUsd]).toEqual([null, null]);
    expect(poolOf(await overview(), 'other')).toMatchObject({ waiting: 1, waitingOfAll: 1 });
    expect((await bench.alice.get(path)).status).toBe(404);
    expect((await member.get(`${path}?since=yesterday`)).status).toBe(400);
  });

  it('costs a few read units', async () => {
    await overview();
    bench.app.meter.reset();
    await overview();
    const { readUnits } = bench.app.meter.snapshot();

    expect([readUnits <= 8, readUnits]).toEqual([true, readUnits]);
  });
});
