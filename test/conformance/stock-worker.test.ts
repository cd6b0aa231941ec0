/** Dioptra's own worker function, from its package on PyPI, drives jobs of an external pool. */
import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureStockPython } from '../../infra/local/sample/python.ts';
import type { Json } from '../support/app.ts';
import { type Registered, register } from './stock-worker/register.ts';
import {
  QUEUE,
  SERVICE_ACCOUNT,
  type StockServer,
  startStockServer,
} from './stock-worker/server.ts';
import { snippet } from './stock-worker/snippet.ts';
import { type StockWorker, stockWorker } from './stock-worker/worker.ts';

const ROWS = 'row 0\nrow 1\nrow 2\n';
/** Of a file that is larger than what a request through the gateway may hold. */
const MANY_ROWS = 700_000;

let server: StockServer;
let registered: Registered;
let python: string;

beforeAll(async () => {
  python = await ensureStockPython();
  server = await startStockServer();
  const { data } = await server.call('GET', '/groups');
  registered = await register(server.call, data[0].id, QUEUE);
});

afterAll(() => server.close());

const submit = async (entrypoint: number, more: object = {}): Promise<number> => {
  const { experiment, queue } = registered;
  const body = { description: 'of the test', queue, entrypoint, ...more };
  return (await server.call('POST', `/experiments/${experiment}/jobs`, body)).id;
};

const artifactsOf = async (job: number): Promise<readonly Json[]> => {
  const { artifacts } = await server.call('GET', `/jobs/${job}`);
  return Promise.all(artifacts.map(({ id }: Json) => server.call('GET', `/artifacts/${id}`)));
};

const logOf = async (job: number): Promise<string> => {
  const { data } = await server.call('GET', `/jobs/${job}/log?pageLength=100`);
  return data.map(({ message }: Json) => message).join('\n');
};

/** The job of the entrypoint `use` that reads what `job` has made. */
async function submitUse(job: number): Promise<number> {
  const [file, folder] = await artifactsOf(job);
  const value = ({ id, snapshot }: Json) => ({ id, snapshotId: snapshot });
  return submit(registered.use, {
    artifactValues: { file: value(file), folder: value(folder) },
  });
}

async function runOf(job: number): Promise<Json> {
  const { mlflowRunId } = await server.call('GET', `/jobs/${job}/mlflowRun`);
  const { run } = await server.call('GET', `/../2.0/mlflow/runs/get?run_id=${mlflowRunId}`);
  return run;
}

describe('the worker function of dioptra-platform', () => {
  let worker: StockWorker;

  beforeAll(() => {
    const { username, password } = SERVICE_ACCOUNT;
    const env = {
      DIOPTRA_API: server.url,
      DIOPTRA_WORKER_USERNAME: username,
      DIOPTRA_WORKER_PASSWORD: password,
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_USERNAME: username,
      MLFLOW_TRACKING_PASSWORD: password,
      MLFLOW_EXPERIMENT_ID: String(registered.experiment),
      MLFLOW_S3_ENDPOINT_URL: 'unused',
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '1',
    };
    worker = stockWorker(python, env, server.folder);
  });

  afterAll(() => worker.stop());

  it('stores the file and the folder that a job makes, and a later job reads them', async () => {
    const made = await submit(registered.make);

    const first = await worker.run(made, registered.experiment);

    expect(first).toBe(null);
    expect(await server.call('GET', `/jobs/${made}`)).toMatchObject({ status: 'finished' });
    const [file, folder] = await artifactsOf(made);
    expect(file).toMatchObject({ isDir: false, fileSize: ROWS.length });
    expect(folder).toMatchObject({ isDir: true, fileSize: 3 * ROWS.length });
    expect(await server.contents(file.id)).toBe(ROWS);

    const used = await submitUse(made);
    const second = await worker.run(used, registered.experiment);

    expect(second).toBe(null);
    expect(await server.call('GET', `/jobs/${used}`)).toMatchObject({ status: 'finished' });
    const [loud] = await artifactsOf(used);
    expect(await server.contents(loud.id)).toBe(ROWS.toUpperCase());
    const metrics = await server.call('GET', `/jobs/${used}/metrics`);
    expect(metrics).toEqual([{ name: 'characters', value: ROWS.length }]);
  });

  it('tells the run, the metrics and the log, to the lines after the end', async () => {
    const job = await submit(registered.make, { values: { rows: '5' } });

    await worker.run(job, registered.experiment);

    const run = await runOf(job);
    expect(run.info).toMatchObject({
      status: 'FINISHED',
      experiment_id: String(registered.experiment),
    });
    expect(run.data.params).toEqual([{ key: 'rows', value: '5' }]);
    expect(run.data.metrics).toMatchObject([{ key: 'rows', value: 5 }]);
    const log = await logOf(job);
    expect(log).toContain('making rows');
    expect(log).toContain('=== Run succeeded ===');
    const told = server.asked.filter((line) => /^(PUT|POST) .*jobs\/\d+\/(status|log)$/.test(line));
    const path = `/api/v1/jobs/${job}/log`;
    expect(told.slice(-2)).toEqual([expect.stringMatching(/^PUT .*status$/), `POST ${path}`]);
  });

  it('runs the task that a job has chosen for a swap, with the parameters of that task alone', async () => {
    const job = await submit(registered.choose, {
      swaps: [{ swap_name: 'HOW', task_alias: 'loud' }],
    });

    const end = await worker.run(job, registered.experiment);

    expect(end).toBe(null);
    expect(await server.call('GET', `/jobs/${job}`)).toMatchObject({
      status: 'finished',
      values: { many: '2' },
      swaps: [{ swapName: 'HOW', taskAlias: 'loud', taskName: 'shout' }],
    });
    const [file] = await artifactsOf(job);
    expect(await server.contents(file.id)).toBe('ROW 0\nROW 1\n');
    expect((await runOf(job)).data.params).toEqual([{ key: 'many', value: '2' }]);
  });

  it('fails a job whose code fails, and says why in the log', async () => {
    const job = await submit(registered.fail);

    const end = await worker.run(job, registered.experiment);

    expect(end).toContain('no luck with 3 rows');
    expect(await server.call('GET', `/jobs/${job}`)).toMatchObject({ status: 'failed' });
    expect((await runOf(job)).info.status).toBe('FAILED');
    expect(await logOf(job)).toContain('no luck with 3 rows');
  });

  it('leaves a job alone that somebody else has started', async () => {
    const job = await submit(registered.make);
    const status = `/experiments/${registered.experiment}/jobs/${job}/status`;
    await server.call('PUT', status, { status: 'started' });

    const end = await worker.run(job, registered.experiment);

    expect(end).toBe('SystemExit: 1');
    expect(await server.call('GET', `/jobs/${job}`)).toMatchObject({ status: 'started' });
    expect(await artifactsOf(job)).toEqual([]);
  });
});

describe('jobs of an external pool', () => {
  it('have no message and are not swept, neither waiting nor started', async () => {
    const { experiment } = registered;
    await submit(registered.make);
    const started = await submit(registered.make);
    const status = `/experiments/${experiment}/jobs/${started}/status`;
    await server.call('PUT', status, { status: 'started' });

    expect(await server.sweep()).toBe(0);

    expect(await server.backlog()).toBe(0);
    expect(await server.call('GET', `/jobs/${started}`)).toMatchObject({ status: 'started' });
  });
});

describe('the lines of README', () => {
  const paste = (job: number) =>
    promisify(execFile)('sh', ['-eu', '-c', snippet], {
      cwd: server.folder,
      env: {
        PATH: `${dirname(python)}:${process.env.PATH}`,
        HOME: server.folder,
        ASSAY_URL: server.gatewayUrl,
        ASSAY_PASSWORD: SERVICE_ACCOUNT.password,
        JOB: String(job),
        EXPERIMENT: String(registered.experiment),
      },
    });

  it('run a job through the gateway, with files larger than a request', async () => {
    const job = await submit(registered.make, { values: { rows: String(MANY_ROWS) } });

    await paste(job);

    expect(await server.call('GET', `/jobs/${job}`)).toMatchObject({ status: 'finished' });
    const [file, folder] = await artifactsOf(job);
    expect(file.fileSize).toBeGreaterThan(6 * 1024 * 1024);
    expect(folder.fileSize).toBe(3 * file.fileSize);

    if (process.env.FULL !== '1') return;
    const used = await submitUse(job);
    await paste(used);

    expect(await server.call('GET', `/jobs/${used}`)).toMatchObject({ status: 'finished' });
    const [loud] = await artifactsOf(used);
    expect(loud.fileSize).toBe(file.fileSize);
  });
});
