/** P22: indexes two seconds late. What was written is read at once; what they still show misleads nobody. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sweepJobs } from '#domain/jobs/index.ts';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';
import {
  type Answer,
  type Client,
  type Json,
  type TestApp,
  testApp,
} from '../../../support/app.ts';
import { movableClock } from '../../../support/clock.ts';
import { type JobSetup, setUpJobs, submit } from '../../../support/jobs.ts';
import { lateCopies } from '../../../support/late-copies.ts';

const LATE_MS = 2_000;
const LEASE_MS = 30_000;

let app: TestApp;
let store: SqliteTable;
let late: ReturnType<typeof lateCopies>;
let alice: Client;
let worker: Client;
let setup: JobSetup;
const clock = movableClock();
const pass = (ms: number): void => {
  clock.advance(ms);
  app.clock.advance(ms);
};

beforeEach(async () => {
  store = openSqliteTable(':memory:');
  late = lateCopies(store, clock, LATE_MS, true);
  app = testApp({}, { table: late.table });
  alice = await app.newUser('alice');
  const [group] = (await alice.get('/api/v1/users/current')).body.groups;
  setup = await setUpJobs(alice, { group: group.id, queues: ['default'] });
  worker = app.bearer(await app.newWorkerToken());
  pass(LATE_MS + 1);
});
afterEach(async () => {
  await app.close();
  late.close();
  store.close();
});

const sweep = async () => {
  const report = await sweepJobs(app.system);
  await app.settled();
  return report;
};
const job = async (id: number): Promise<Json> => (await alice.get(`/api/v1/jobs/${id}`)).body;
const ask = (jobId: number, attempt = 1): Promise<Answer> => {
  const wish = { pool: 'default', worker: 'w', jobId, attempt, orAnother: true };
  return worker.post('/api/worker/v1/claim', wish);
};
const claim = async (jobId: number, attempt = 1): Promise<Json> =>
  (await ask(jobId, attempt)).body.claim;
/** While the index shows jobs that are gone, more may wait behind them: the worker is to ask again. */
async function getsNothing(jobId: number): Promise<void> {
  const soon = await ask(jobId);
  expect([soon.status, soon.headers.get('retry-after')]).toEqual([503, '1']);
  pass(LATE_MS + 1);
  expect(await claim(jobId)).toBe(null);
}

it('a job is there, listed and to be had as soon as it was submitted', async () => {
  const { id } = await submit(alice, setup);

  const listed = (await alice.get(`/api/v1/experiments/${setup.experiment}/jobs`)).body.data;

  expect((await job(id)).status).toBe('queued');
  expect(listed.map((each: Json) => each.id)).toEqual([id]);
  expect((await claim(id)).jobId).toBe(id);
});

it('a job that was taken is had by nobody else, though it still seems to wait', async () => {
  const { id } = await submit(alice, setup);
  pass(LATE_MS + 1);
  await claim(id);

  await getsNothing(id);
  expect((await job(id)).attempt).toBe(1);
});

it('a job that was cancelled starts no more, though it still seems to wait', async () => {
  const { id } = await submit(alice, setup);
  pass(LATE_MS + 1);
  await alice.post(`/api/v1/jobs/${id}/cancel`);

  expect(await job(id)).toMatchObject({ status: 'failed', reason: 'cancelled' });
  await getsNothing(id);
});

it('a sweep looks at rows, not at what the index says of them', async () => {
  const { id } = await submit(alice, setup);
  const { attempt, lease } = await claim(id);
  pass(LEASE_MS - 1);
  const body = { attempt, lease, outcome: 'failed', reason: 'task_failed' };
  await worker.post(`/api/worker/v1/jobs/${id}/finish`, body);
  pass(2);

  expect(await sweep()).toEqual({ sent: 0, lost: 0 });
  expect(await job(id)).toMatchObject({ status: 'failed', reason: 'task_failed', attempt: 1 });
});

it('a lost worker is noticed when the index has caught up', async () => {
  const { id } = await submit(alice, setup);
  await claim(id);
  pass(LEASE_MS);

  expect(await sweep()).toMatchObject({ lost: 1 });
  expect((await claim(id, 2)).attempt).toBe(2);
});

it('changes of other things are read at once, too', async () => {
  const made = (await alice.post('/api/v1/queues', { group: setup.group, name: 'new' })).body;
  await alice.put(`/api/v1/queues/${made.id}`, { name: 'renamed', description: '' });

  const listed = (await alice.get("/api/v1/queues?search=name:'renamed'")).body;

  expect((await alice.get(`/api/v1/queues/${made.id}`)).body.name).toBe('renamed');
  expect(listed.totalNumResults).toBe(1);
});
