/** `npm run worker`, as somebody types it on a machine of their own: beside a local server, and for a deployment. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { freePort } from '../../infra/local/process.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import type { Json } from '../support/app.ts';
import { type JobSetup, setUpJobs, submit, textOf } from '../support/jobs.ts';
import { type Api, apiOf } from './api.ts';
import { type Program, processesOf, startProgram } from './program.ts';

const POOL = 'gpu';
const deployment = inject('deployment');
const Id = z.looseObject({ id: z.int() });
const Job = z.looseObject({ status: z.string(), attempt: z.int(), artifacts: z.array(Id) });
const Groups = z.looseObject({ data: z.array(Id) });

const programs: Program[] = [];
let folder: string;

beforeAll(async () => {
  await ensureJobPython();
  folder = await mkdtemp(join(tmpdir(), 'assay-own-worker-'));
});

afterAll(async () => {
  for (const { child, ended } of programs) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true });
});

/** Starts it with credentials in the shell's environment that are none of its business. */
function startWorker(url: string, token: string, name: string): Program {
  const program = startProgram(
    process.execPath,
    [
      'infra/local/bootstrap.mjs',
      'worker',
      ...['--url', url, '--pool', POOL, '--folder', join(folder, name)],
    ],
    { ASSAY_WORKER_TOKEN: token, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_PROFILE: 'p' },
  );
  programs.push(program);
  return program;
}

/** A client of the kind that sets jobs up. */
const callerOf = (api: Api) => ({
  async call(method: string, path: string, body?: unknown) {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await api.call(path, { method, ...text });
    const said = await answer.text();
    const parsed: Json = said === '' ? undefined : JSON.parse(said);
    return { status: answer.status, headers: answer.headers, text: said, body: parsed };
  },
});

async function setUp(api: Api): Promise<JobSetup> {
  const { data } = await api.get(Groups, '/api/v1/groups');
  const group = data[0]?.id ?? 0;
  return setUpJobs(callerOf(api), { group, queues: [POOL], name: 'own_worker' });
}

const jobOf = (api: Api, id: number) => api.get(Job, `/api/v1/jobs/${id}`);

async function contents(api: Api, artifact: number): Promise<string> {
  const answer = await api.call(`/api/v1/artifacts/${artifact}/contents`);
  const location = answer.headers.get('location');
  return (location === null ? answer : await fetch(location)).text();
}

/** What the worker's own process was given of the environment. */
function environmentOfWorker(name: string): string {
  const found = processesOf(join(folder, name)).filter(({ command }) =>
    command.includes('worker-process.ts'),
  );
  expect(found).toHaveLength(1);
  const { stdout } = spawnSync('ps', ['eww', '-o', 'command=', '-p', String(found[0]?.pid)], {
    encoding: 'utf8',
  });
  return stdout;
}

async function runsAJob(api: Api, worker: Program, setup: JobSetup): Promise<void> {
  const { id } = await submit(callerOf(api), setup);
  await worker.printed(new RegExp(`job ${id} finished after \\d+\\.\\d s`));
  const { mlflowRunId } = await api.get(
    z.looseObject({ mlflowRunId: z.string() }),
    `/api/v1/jobs/${id}/mlflowRun`,
  );

  const job = await jobOf(api, id);
  expect(job).toMatchObject({ status: 'finished', attempt: 1 });
  expect(job.artifacts).toHaveLength(1);
  expect(await contents(api, job.artifacts[0]?.id ?? 0)).toBe(textOf(mlflowRunId));
  const { text } = await callerOf(api).call('GET', `/api/v1/jobs/${id}/log?pageLength=100`);
  expect(text).toContain(`${mlflowRunId} line 19`);
}

describe('beside npm start -- --external', () => {
  it('runs a job with its artifact, and gives back the next on Ctrl-C', async () => {
    const home = join(folder, 'server');
    const port = String(await freePort());
    const start = startProgram(process.execPath, [
      ...['infra/local/bootstrap.mjs', 'start', '--port', port, '--folder', home],
      ...['--external', POOL],
    ]);
    programs.push(start);
    await start.printed(/ready; Ctrl-C stops/);
    const [, file = '', url = ''] =
      /ASSAY_WORKER_TOKEN="\$\(cat '(.+)'\)" npm run worker -- --url (\S+) --pool gpu/.exec(
        start.output(),
      ) ?? [];
    const token = await readFile(file, 'utf8');
    const api = apiOf(url, JSON.parse(await readFile(join(home, 'first-user.json'), 'utf8')));
    const setup = await setUp(api);

    const worker = startWorker(url, token, 'beside');
    await runsAJob(api, worker, setup);
    expect(environmentOfWorker('beside')).not.toContain('AWS_');

    const { id } = await submit(callerOf(api), setup, { values: { seconds: '60' } });
    await worker.printed(new RegExp(`job ${id} started`));
    worker.interrupt();
    expect(await worker.ended).toBe(0);

    expect(worker.output()).toContain(`job ${id} was given back`);
    expect(worker.output()).toContain('run only code that you trust');
    expect(worker.output()).not.toContain(token);
    expect(await jobOf(api, id)).toMatchObject({ status: 'queued', attempt: 1 });
    expect(processesOf(join(folder, 'beside'))).toEqual([]);
    start.interrupt();
    await start.ended;
  });
});

describe('for a deployment', () => {
  it('runs a job of an external pool with a token that an administrator made', async () => {
    const api = apiOf(deployment.url, deployment.user);
    const { token } = await api.post(z.looseObject({ token: z.string() }), '/api/v1/workerTokens', {
      pool: POOL,
      days: 1,
    });
    const setup = await setUp(api);

    const worker = startWorker(deployment.url, token, 'deployed');
    await runsAJob(api, worker, setup);
    expect(environmentOfWorker('deployed')).not.toContain('AWS_');

    worker.interrupt();
    expect(await worker.ended).toBe(0);
  });

  it('ends with what to do when the token is refused', async () => {
    const worker = startWorker(deployment.url, 'asw_gpu_aaaaaaaaaaaaaaaaaaaaaaaa', 'refused');

    expect(await worker.ended).toBe(1);

    expect(worker.output()).toContain('The worker token is wrong or has expired.');
    expect(worker.output()).toContain('POST /api/v1/workerTokens');
  });
});
