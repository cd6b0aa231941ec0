import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../../../support/app.ts';
import { type JobBench, openJobBench } from './job-bench.ts';

let bench: JobBench;
/** The jobs by what became of them. */
let ids: Readonly<
  Record<'finished' | 'failed' | 'started' | 'queued' | 'own' | 'deferred', number>
>;

beforeAll(async () => {
  bench = await openJobBench();
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    bench.app.clock.advance(1_000);
    return act();
  };
  const [finished, failed] = [await bench.start(), await bench.start()];
  await step(() => finished.finish());
  await step(() => failed.finish({ outcome: 'failed', reason: 'failed', artifacts: [] }));
  const started = await step(() => bench.start());
  const queued = await step(() => bench.submit({ description: 'own words' }));
  const queue = bench.setup.queues.get('own');
  const own = await step(() => bench.submit({ queue }));
  const deferred = await step(() => bench.submit({ dependsOn: [own.id] }));
  ids = {
    finished: finished.claim.jobId,
    failed: failed.claim.jobId,
    started: started.claim.jobId,
    queued: queued.id,
    own: own.id,
    deferred: deferred.id,
  };
});
afterAll(() => bench.app.close());

const list = async (query: string): Promise<Json> => {
  const { status, body, text } = await bench.alice.get(`/api/v1/jobs?${query}`);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return body;
};
const find = async (search: string): Promise<readonly number[]> => {
  const { data, totalNumResults } = await list(`search=${encodeURIComponent(search)}`);
  expect(totalNumResults).toBe(data.length);
  return data.map(({ id }: Json) => id);
};
const sorted = async (query: string): Promise<readonly number[]> =>
  (await list(query)).data.map(({ id }: Json) => id);

describe('a search of jobs', () => {
  it('finds them by their state of now, whether they have ended or not', async () => {
    expect(await find('status:finished')).toEqual([ids.finished]);
    expect(await find('status:failed')).toEqual([ids.failed]);
    expect(await find('status:started')).toEqual([ids.started]);
    expect(await find('status:deferred')).toEqual([ids.deferred]);
    expect(await find('status:queued')).toEqual([ids.queued, ids.own]);
    const page = await list('search=status:queued&pageLength=1&index=1');
    expect([page.totalNumResults, page.data.map(({ id }: Json) => id)]).toEqual([2, [ids.own]]);
  });

  it('finds them by queue, experiment and entrypoint, each by its name', async () => {
    expect(await find('queue:own')).toEqual([ids.own]);
    expect(await find('status:queued,queue:default')).toEqual([ids.queued]);
    expect(await find('entrypoint:"trial *"')).toHaveLength(6);
    expect(await find("experiment:'trial experiment',status:failed")).toEqual([ids.failed]);
    expect(await find('experiment:trial')).toEqual([]);
  });

  it('looks for bare words where the original does', async () => {
    expect(await find('own')).toEqual([ids.queued]);
    expect(await find('trial')).toEqual([]);
  });

  it('follows a job from state to state', async () => {
    const held = await bench.start({ description: 'followed' });
    expect(await find('status:started,description:followed')).toEqual([held.claim.jobId]);
    await held.release();
    expect(await find('status:queued,description:followed')).toEqual([held.claim.jobId]);
    await bench.hold(held.claim.jobId, 2);
    expect(await find('status:queued,description:followed')).toEqual([]);
    await bench.alice.delete(`/api/v1/jobs/${held.claim.jobId}`);
    expect(await find('description:followed')).toEqual([]);
  });
});

describe('an order of jobs', () => {
  it('goes by their state of now, queue and time', async () => {
    const { finished, failed, started, queued, own, deferred } = ids;
    const byStatus = [deferred, failed, finished, queued, own, started];
    expect(await sorted('sortBy=status')).toEqual(byStatus);
    expect((await sorted('sortBy=queue')).at(-1)).toBe(own);
    expect((await sorted('sortBy=queue&descending=true'))[0]).toBe(own);
    const byChange = [finished, failed, started, queued, own, deferred];
    expect(await sorted('sortBy=lastModifiedOn')).toEqual(byChange);
    expect(await sorted('sortBy=id&descending=true')).toEqual(byChange.toReversed());
    const page = await list('sortBy=status&descending=true&search=status:*ed&pageLength=2');
    expect([page.totalNumResults, page.data[0].id]).toEqual([6, started]);
  });
});
