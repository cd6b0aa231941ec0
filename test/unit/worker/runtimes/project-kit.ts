/** Runs MLprojects by the real runner, with the real MLflow against the real API. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { account, PASSWORD } from '../../../support/accounts.ts';
import { startTestServer } from '../../../support/test-server.ts';
import {
  newWorkdir,
  type Outcome,
  outcomeOf,
  type RunnerOptions,
  startRunner,
  writeFiles,
} from './runner-kit.ts';

const MLPROJECT: RunnerOptions = { runtime: 'mlproject' };

const Texts = z.array(z.object({ key: z.string(), value: z.string() })).default([]);
const Numbers = z.array(z.object({ key: z.string(), value: z.number() })).default([]);
const Run = z.object({
  info: z.object({ run_id: z.string(), status: z.string() }),
  data: z.object({ params: Texts, metrics: Numbers, tags: Texts }),
});

/** A run as the API shows it after the job. */
export interface RunShown {
  readonly id: string;
  readonly status: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly files: readonly string[];
}

export interface ProjectSetup {
  /** Of the project's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly plugins?: Readonly<Record<string, string>>;
  readonly job?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ProjectJob {
  readonly workdir: string;
  readonly runId: string;
  start(): ReturnType<typeof startRunner>;
  run(): Promise<Outcome>;
}

export interface ProjectKit {
  prepare(setup: ProjectSetup): Promise<ProjectJob>;
  run(setup: ProjectSetup): Promise<{ readonly outcome: Outcome; readonly shown: RunShown }>;
  show(runId: string): Promise<RunShown>;
  close(): Promise<void>;
}

const named = <Value>(entries: readonly { readonly key: string; readonly value: Value }[]) =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value]));

/** Makes an account with a token, and an experiment. */
async function settle(url: string) {
  const authorization = `Basic ${btoa(`alice:${PASSWORD}`)}`;
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };
  const mlflow = (method: string, path: string, body?: unknown) =>
    call(method, `/api/2.0/mlflow/${path}`, body);
  await fetch(`${url}/api/v1/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account('alice')),
  });
  const tokens = await call('POST', '/api/v1/users/current/tokens', { name: 'jobs' });
  const made = await mlflow('POST', 'experiments/create', { name: 'projects' });
  return {
    mlflow,
    token: z.object({ token: z.string() }).parse(tokens).token,
    experiment: z.object({ experiment_id: z.string() }).parse(made).experiment_id,
  };
}

export async function startProjects(python: string): Promise<ProjectKit> {
  const server = await startTestServer();
  const { mlflow, token, experiment } = await settle(server.url).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });

  async function newRun(): Promise<string> {
    const body = { experiment_id: experiment, start_time: Date.now() };
    const answer = await mlflow('POST', 'runs/create', body);
    return z.object({ run: Run }).parse(answer).run.info.run_id;
  }

  async function prepare({ files, plugins, job, env }: ProjectSetup): Promise<ProjectJob> {
    const [workdir, runId] = [await newWorkdir(), await newRun()];
    // As strange as the name of a folder in an archive may be.
    const projectDir = join(workdir, 'a #project.zip');
    const pluginsDir = join(workdir, 'plugins');
    await writeFiles(projectDir, files);
    await writeFiles(join(pluginsDir, 'dioptra_custom'), plugins ?? {});
    await mkdir(join(workdir, 'tmp'));
    const ours = {
      jobId: 7,
      experimentId: Number(experiment),
      runId,
      projectDir,
      entryPoint: 'main',
      parameters: {},
      environment: 'local',
      pluginsDir,
      outputDir: join(workdir, 'outputs'),
      ...job,
    };
    await writeFile(join(workdir, 'job.json'), JSON.stringify(ours));
    const all = {
      HOME: workdir,
      TMPDIR: join(workdir, 'tmp'),
      LANG: 'C.UTF-8',
      MLFLOW_TRACKING_URI: server.url,
      MLFLOW_TRACKING_TOKEN: token,
      MLFLOW_RUN_ID: runId,
      MLFLOW_EXPERIMENT_ID: experiment,
      ...env,
    };
    const start = () => startRunner(python, workdir, all, MLPROJECT);
    return { workdir, runId, start, run: () => outcomeOf(start(), workdir) };
  }

  async function show(runId: string): Promise<RunShown> {
    const { run } = z.object({ run: Run }).parse(await mlflow('GET', `runs/get?run_id=${runId}`));
    const { files } = z
      .object({ files: z.array(z.object({ path: z.string() })).default([]) })
      .parse(await mlflow('GET', `artifacts/list?run_id=${runId}`));
    const { params, metrics, tags } = run.data;
    return {
      id: run.info.run_id,
      status: run.info.status,
      params: named(params),
      metrics: named(metrics),
      tags: named(tags),
      files: files.map(({ path }) => path),
    };
  }

  return {
    prepare,
    show,
    async run(setup) {
      const job = await prepare(setup);
      const outcome = await job.run();
      return { outcome, shown: await show(job.runId) };
    },
    close: () => server.stop(),
  };
}
