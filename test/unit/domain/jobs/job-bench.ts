import { sweepJobs } from '#domain/jobs/index.ts';
import type { Settings } from '#kernel/context.ts';
import type { Item } from '#kernel/table.ts';
import {
  type Answer,
  type Client,
  type Json,
  type TestApp,
  type TestUser,
  testApp,
} from '../../../support/app.ts';
import { type JobSetup, setUpJobs, submit, textOf } from '../../../support/jobs.ts';

export const POOLS = [
  { name: 'default', kind: 'managed' },
  { name: 'other', kind: 'managed' },
  { name: 'own', kind: 'external' },
] as const;
export const LEASE_MS = 30_000;

/** A claimed attempt, and what its worker may say about it. */
export interface Held {
  readonly claim: Json;
  readonly child: Client;
  readonly beat: () => Promise<Answer>;
  readonly log: (first: number, messages: readonly string[]) => Promise<Answer>;
  readonly uploads: (files: readonly { path: string; size: number }[]) => Promise<Answer>;
  readonly finish: (outcome?: object) => Promise<Answer>;
  readonly release: () => Promise<Answer>;
  /** Stores the artifact of the trial job; gives what `finish` is told about it. */
  readonly store: () => Promise<object>;
}

export interface JobBench {
  readonly app: TestApp;
  readonly alice: TestUser;
  readonly setup: JobSetup;
  /** A worker of the pool `default`. */
  readonly worker: Client;
  readonly submit: (overrides?: object) => Promise<Json>;
  readonly job: (id: number) => Promise<Json>;
  readonly row: (id: number) => Promise<Item>;
  readonly claim: (wish?: object, worker?: Client) => Promise<Answer>;
  /** Submits a job and claims it. */
  readonly start: (overrides?: object) => Promise<Held>;
  /** Claims the attempt of a job that exists. */
  readonly hold: (jobId: number, attempt: number) => Promise<Held>;
  readonly sweep: () => Promise<{ readonly sent: number; readonly lost: number }>;
  /** What waits in a pool's queue, decoded; takes it out. */
  readonly messages: (pool?: string) => Promise<readonly Json[]>;
  readonly log: (jobId: number, query?: string) => Promise<Json>;
  readonly run: (runId: string) => Promise<Json>;
  readonly due: () => Promise<readonly number[]>;
}

const time = 1_000;
const lineOf = (message: string) => ({ severity: 'INFO', logger: 'stdout', message, time });

function heldBy(bench: Pick<JobBench, 'app' | 'setup' | 'worker'>, claim: Json): Held {
  const { app, setup, worker } = bench;
  const fence = { attempt: claim.attempt, lease: claim.lease };
  const post = (verb: string, body: object = {}) =>
    worker.post(`/api/worker/v1/jobs/${claim.jobId}/${verb}`, { ...fence, ...body });
  const uploads: Held['uploads'] = (files) => post('uploads', { files });
  return {
    claim,
    child: app.bearer(claim.jobToken),
    beat: () => post('heartbeat'),
    log: (first, messages) => post('log', { first, lines: messages.map(lineOf) }),
    uploads,
    finish: (outcome = { outcome: 'finished' }) => post('finish', outcome),
    release: () => post('release'),
    async store() {
      const body = textOf(claim.runId);
      const path = 'rows/rows.txt';
      const size = body.length;
      const { url, headers } = (await uploads([{ path, size }])).body.uploads[0];
      const put = new Request(url, { method: 'PUT', headers, body });
      const stored = await app.platform.blobs.handleRequest(put);
      if (!stored.ok) throw new Error(`PUT: ${stored.status}`);
      return { name: 'rows', path, isDir: false, size, ...setup.task };
    },
  };
}

/** The API with a user, a worker and everything that the trial job needs. */
export async function openJobBench(settings: Partial<Settings> = {}): Promise<JobBench> {
  const app = testApp({ pools: POOLS, ...settings });
  const alice = await app.newUser('alice');
  const [group] = (await alice.get('/api/v1/users/current')).body.groups;
  const setup = await setUpJobs(alice, {
    group: group.id,
    queues: POOLS.map(({ name }) => name),
  });
  const worker = app.bearer(await app.newWorkerToken());
  const claim: JobBench['claim'] = async (wish = {}, by = worker) =>
    by.post('/api/worker/v1/claim', { pool: 'default', worker: 'w', ...wish });
  const hold: JobBench['hold'] = async (jobId, attempt) => {
    // As a worker that was woken up by the job's message.
    const answer = await claim({ jobId, attempt, orAnother: true });
    if (answer.body.claim === null) throw new Error(`job ${jobId} was not to be had`);
    return heldBy({ app, setup, worker }, answer.body.claim);
  };
  const newJob = async (overrides: object = {}) => {
    const job = await submit(alice, setup, overrides);
    await app.settled();
    return job;
  };
  const row = async (id: number): Promise<Item> => {
    const item = await app.platform.table.get({ pk: `RES#${id}`, sk: 'CURRENT' });
    if (item === undefined) throw new Error(`no row of ${id}`);
    return item;
  };
  return {
    app,
    alice,
    setup,
    worker,
    submit: newJob,
    job: async (id) => (await alice.get(`/api/v1/jobs/${id}`)).body,
    row,
    claim,
    hold,
    start: async (overrides) => hold((await newJob(overrides)).id, 1),
    async sweep() {
      const report = await sweepJobs(app.system);
      await app.settled();
      return report;
    },
    async messages(pool = 'default') {
      const found: Json[] = [];
      for (;;) {
        const wish = { max: 10, waitSeconds: 0, visibilitySeconds: 60 };
        const some = await app.platform.messages.receive(pool, wish);
        if (some.length === 0) return found;
        for (const { body, receipt } of some) {
          found.push(JSON.parse(body));
          await app.platform.messages.remove(pool, receipt);
        }
      }
    },
    log: async (jobId, query = 'pageLength=1000') =>
      (await alice.get(`/api/v1/jobs/${jobId}/log?${query}`)).body,
    run: async (runId) => (await alice.get(`/api/2.0/mlflow/runs/get?run_id=${runId}`)).body.run,
    due: async () =>
      (await app.platform.table.query({ index: 'gsi1', pk: 'DUE' })).items.map((i) => Number(i.id)),
  };
}

export const messagesOf = (log: Json): readonly string[] =>
  log.data.map((line: Json) => line.message);
export const tagOf = (run: Json, key: string): string | undefined =>
  run.data.tags.find((tag: Json) => tag.key === key)?.value;
