/** Calls of the API as the first user, and the timing of jobs through it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { projectRoot } from '../../infra/local/process.ts';
import type { Credentials } from '../../infra/local/sample/credentials.ts';

export interface Api {
  /** Any call, without following redirects. */
  call(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of a call that must succeed, in the shape of `schema`. */
  get<T>(schema: z.ZodType<T>, path: string): Promise<T>;
  post<T>(schema: z.ZodType<T>, path: string, body: unknown): Promise<T>;
}

export function apiOf(url: string, { username, password }: Credentials): Api {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      redirect: 'manual',
      headers: { authorization, 'content-type': 'application/json' },
    });
  const json = async <T>(schema: z.ZodType<T>, path: string, init?: RequestInit) => {
    const answer = await call(path, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
    return schema.parse(JSON.parse(text));
  };
  return {
    call,
    get: (schema, path) => json(schema, path),
    post: (schema, path, body) =>
      json(schema, path, { method: 'POST', body: JSON.stringify(body) }),
  };
}

const pageOf = <T extends z.ZodType>(row: T) => z.looseObject({ data: z.array(row) });
const Named = z.looseObject({ id: z.int(), name: z.string() });
const Job = z.looseObject({
  id: z.int(),
  status: z.string(),
  createdOn: z.string(),
  artifacts: z.array(z.looseObject({ id: z.int() })),
});
export type Job = z.infer<typeof Job>;
const LogLine = z.looseObject({ message: z.string(), createdOn: z.string() });

/** What the sample registered, for more jobs of it. */
export interface SampleIds {
  readonly experiment: number;
  readonly entrypoint: number;
  readonly queue: number;
}

export async function sampleIds(api: Api): Promise<SampleIds> {
  const idOf = async (kind: string, name: string) => {
    const page = await api.get(pageOf(Named), `/api/v1/${kind}/?pageLength=100`);
    const found = page.data.find((row) => row.name === name);
    if (found === undefined) throw new Error(`The sample registered no ${name}.`);
    return found.id;
  };
  const [experiment, entrypoint, queue] = await Promise.all([
    idOf('experiments', 'digits under attack'),
    idOf('entrypoints', 'attack the digit classifier'),
    idOf('queues', 'digits'),
  ]);
  return { experiment, entrypoint, queue };
}

const submitJob = (api: Api, { experiment, entrypoint, queue }: SampleIds): Promise<Job> =>
  api.post(Job, `/api/v1/experiments/${experiment}/jobs`, { entrypoint, queue, values: {} });

export const jobsOf = async (api: Api, { experiment }: SampleIds): Promise<readonly Job[]> =>
  (await api.get(pageOf(Job), `/api/v1/experiments/${experiment}/jobs?pageLength=100`)).data;

/** The whole log, in its order. */
export const logOf = async (api: Api, job: number) =>
  (await api.get(pageOf(LogLine), `/api/v1/jobs/${job}/log?pageLength=100`)).data;

/** Waits until the job finished; a job that fails instead shows its log. */
async function finished(api: Api, id: number): Promise<Job> {
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; ) {
    const job = await api.get(Job, `/api/v1/jobs/${id}`);
    if (job.status === 'finished') return job;
    if (job.status === 'failed') throw new Error(JSON.stringify(await logOf(api, id)));
    await sleep(200);
  }
  throw new Error(`Job ${id} did not finish in time.`);
}

/** Milliseconds from the submission of one job alone to the log's first line about a step. */
async function submitToFirstStep(api: Api, ids: SampleIds): Promise<number> {
  const { id, createdOn } = await submitJob(api, ids);
  await finished(api, id);
  const step = (await logOf(api, id)).find(({ message }) => /^step \w+: started/.test(message));
  return Date.parse(step?.createdOn ?? '') - Date.parse(createdOn);
}

/** Milliseconds that a child of a job needs before its first step, without us: Python and the engine. */
function childStart(python: string): number {
  const startedAt = performance.now();
  const cwd = join(projectRoot, 'functions/worker/runtimes/dioptra');
  const { status, stderr } = spawnSync(python, ['-c', 'import runner, assay_engine'], {
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startedAt;
}

/** The best of a few jobs: what else this machine does at the same time is not what is measured. */
export async function measureFirstStep(where: string, api: Api, python: string): Promise<number> {
  const ids = await sampleIds(api);
  const totals: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    totals.push(await submitToFirstStep(api, ids));
    own.push(childStart(python));
  }
  const total = Math.min(...totals);
  const beyond = total - Math.min(...own);
  console.log(
    `submit → first step, ${where}: ${total.toFixed(0)} ms, of these ours: ${beyond.toFixed(0)} ms`,
  );
  return beyond;
}
