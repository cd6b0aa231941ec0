/** API, workers and what lies between them, as processes that a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../infra/local/process.ts';
import { ensureJobPython } from '../../infra/local/sample/python.ts';
import type { Answer, Json } from '../support/app.ts';
import { type JobSetup, setUpJobs } from '../support/jobs.ts';
import { type ApiOptions, ApiReady, type SubmitOptions } from './api-options.ts';
import { type Recorder, startRecorder } from './recorder.ts';

const API = fileURLToPath(new URL('./api-process.ts', import.meta.url));
const SUBMIT = fileURLToPath(new URL('./submit-process.ts', import.meta.url));
const WORKER = fileURLToPath(new URL('../../functions/entry/worker.container.ts', import.meta.url));

/** Short enough for a test, long enough for a busy machine. */
export const LEASE = { seconds: 3, heartbeatSeconds: 0.6 };
export const SWEEP_MS = 300;

export interface Worker {
  readonly process: ChildProcess;
  /** What it printed: one JSON object a line. */
  readonly output: () => string;
  /** Resolves with the signal that ended it, or null. */
  readonly ended: Promise<NodeJS.Signals | null>;
}

export interface Cluster {
  readonly recorder: Recorder;
  readonly setup: JobSetup;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The same, where only a success will do. */
  get(path: string): Promise<Json>;
  startWorker(pool: string, env?: Readonly<Record<string, string>>): Worker;
  /** The process of the API. */
  apiPid(): number;
  /** Kills the API as a power cut would. */
  killApi(): Promise<void>;
  startApi(): Promise<void>;
  /** Rows of the queue's file, dead letters included. */
  messages(pool: string): readonly { readonly body: string; readonly dead: number }[];
  putMessage(pool: string, body: string): void;
  /** Messages that are being worked on come back now, as they would after a minute. */
  hurryMessages(pool: string): void;
  /** A process of its own posts this and is killed before it can send a message. */
  postAndDie(path: string, body: unknown): Promise<NodeJS.Signals | null>;
  /** Keys of the jobs that the sweeper still has to look at. */
  dueJobs(): readonly string[];
  close(): Promise<void>;
}

async function startApiProcess(
  options: ApiOptions,
): Promise<{ api: ChildProcess; ready: ApiReady }> {
  const api = spawn(process.execPath, [API, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    once(createInterface({ input: api.stdout }), 'line'),
    once(api, 'exit').then(() => [undefined]),
  ]);
  if (line === undefined) throw new Error('The API did not start.');
  return { api, ready: ApiReady.parse(JSON.parse(String(line))) };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

async function callAt(
  url: string,
  headers: Readonly<Record<string, string>>,
  [method, path, body]: readonly [string, string, unknown],
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') === true;
  const { status } = response;
  return { status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
}

type Headed = Record<string, string>;

/** Makes the first user; gives what its calls carry. */
async function signUp(url: string): Promise<Headed> {
  const password = 'a long enough password';
  const basic = { authorization: `Basic ${btoa(`alice:${password}`)}` };
  const account = { username: 'alice', email: 'alice@assay.test', password };
  const body = { ...account, confirmPassword: password };
  const made = await callAt(url, {}, ['POST', '/api/v1/users', body]);
  if (made.status !== 200) throw new Error(made.text);
  return basic;
}

type Stores = Pick<Cluster, 'messages' | 'putMessage' | 'hurryMessages' | 'dueJobs'>;

/** Looks into the files of the deployment, and moves the time of its queue. */
function openStores(folder: string): Stores & { close(): void } {
  const [queue, table] = ['messages.sqlite', 'table.sqlite'].map((name) => {
    const database = new DatabaseSync(join(folder, name));
    database.exec('PRAGMA busy_timeout = 5000');
    return database;
  }) as [DatabaseSync, DatabaseSync];
  return {
    messages: (pool) =>
      queue
        .prepare('SELECT body, dead FROM messages WHERE queue = ?')
        .all(pool)
        .map(({ body, dead }) => ({ body: String(body), dead: Number(dead) })),
    putMessage(pool, body) {
      queue
        .prepare("INSERT INTO messages (queue, body, visible_at, receipt) VALUES (?, ?, 0, '')")
        .run(pool, body);
    },
    hurryMessages(pool) {
      queue.prepare('UPDATE messages SET visible_at = 0 WHERE queue = ?').run(pool);
    },
    dueJobs: () =>
      table
        .prepare("SELECT pk FROM items WHERE gsi1pk = 'DUE'")
        .all()
        .map((row) => String(row.pk)),
    close() {
      queue.close();
      table.close();
    },
  };
}

function spawnWorker(env: Readonly<Record<string, string | undefined>>): Worker {
  const child = spawn(process.execPath, [WORKER], {
    env: { PATH: process.env.PATH, WAKE: 'embedded', DRAIN_SECONDS: '10', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
  return { process: child, output: () => output, ended };
}

/** Starts workers that reach the API through `apiUrl`; `stop` kills them all. */
function workerStarter(
  { folder, pools }: ApiOptions,
  { apiUrl, tokens, python }: { apiUrl: string; tokens: readonly string[]; python: string },
) {
  const workers: Worker[] = [];
  const start: Cluster['startWorker'] = (pool, env = {}) => {
    const worker = spawnWorker({
      API_URL: apiUrl,
      WORKER_TOKEN: tokens[pools.indexOf(pool)],
      POOL: pool,
      EMBEDDED_MESSAGES: join(folder, 'messages.sqlite'),
      WORK_DIR: join(folder, 'work'),
      PYTHON: python,
      ...env,
    });
    workers.push(worker);
    return worker;
  };
  const stopAll = async (): Promise<void> => {
    for (const worker of workers) await stop(worker.process, 'SIGKILL');
  };
  return { start, stop: stopAll };
}

async function postAndDie(told: SubmitOptions): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [SUBMIT, JSON.stringify(told)], { stdio: 'inherit' });
  const [, signal] = await once(child, 'exit');
  return signal as NodeJS.Signals | null;
}

/** Calls the API as its first user. */
async function callerOf(url: string): Promise<Pick<Cluster, 'call' | 'get'> & { headers: Headed }> {
  const headers = await signUp(url);
  const call: Cluster['call'] = (method, path, body) => callAt(url, headers, [method, path, body]);
  const get = async (path: string): Promise<Json> => {
    const answer = await call('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  return { call, get, headers };
}

const optionsOf = async (pools: readonly string[]): Promise<ApiOptions> => ({
  folder: await mkdtemp(join(tmpdir(), 'assay-faults-')),
  port: await freePort(),
  pools: [...pools],
  lease: LEASE,
  sweepMs: SWEEP_MS,
  verbose: process.env.VERBOSE === '1',
});

/** Starts the API with these pools, each with a queue of its name, and registers the trial job. */
export async function startCluster(pools: readonly string[]): Promise<Cluster> {
  const python = await ensureJobPython();
  const options = await optionsOf(pools);
  const { folder } = options;
  let { api, ready } = await startApiProcess(options);
  const recorder = await startRecorder(ready.url);
  const { call, get, headers } = await callerOf(ready.url);
  const [group] = (await get('/api/v1/users/current')).groups;
  const setup = await setUpJobs({ call }, { group: group.id, queues: pools });
  const { close: closeStores, ...stores } = openStores(folder);
  const { tokens } = ready;
  const workers = workerStarter(options, { apiUrl: recorder.url, tokens, python });
  return {
    ...{ recorder, setup, call, get },
    ...stores,
    startWorker: workers.start,
    apiPid: () => api.pid ?? 0,
    killApi: () => stop(api, 'SIGKILL'),
    async startApi() {
      ({ api, ready } = await startApiProcess(options));
    },
    postAndDie: (path, body) =>
      postAndDie({ ...{ folder, path, headers, body }, pools: options.pools }),
    async close() {
      await workers.stop();
      await stop(api, 'SIGKILL');
      await recorder.close();
      closeStores();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
