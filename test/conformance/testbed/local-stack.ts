/** What `npm start` starts, without the sample: the API in a process of its own, and a worker beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnWorker } from '../../../infra/local/local-worker.ts';
import { freePort, stopGroup } from '../../../infra/local/process.ts';
import type { Credentials } from '../../../infra/local/sample/credentials.ts';
import { ensureJobPython } from '../../../infra/local/sample/python.ts';
import { type ApiOptions, ApiReady } from '../../faults/api-options.ts';

const API = fileURLToPath(new URL('../../faults/api-process.ts', import.meta.url));
const user: Credentials = { username: 'alice', password: 'a long password' };

export interface LocalStack {
  readonly url: string;
  readonly user: Credentials;
  /** The most memory that the API's process has had at a time since it was asked last, in MiB. */
  peakMemory(): number;
  stop(): Promise<void>;
}

async function startApi(folder: string) {
  const options: ApiOptions = {
    folder,
    port: await freePort(),
    pools: ['default'],
    lease: { seconds: 10, heartbeatSeconds: 1 },
    sweepMs: 500,
    verbose: true,
  };
  const api = spawn(process.execPath, [API, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(api, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: api.stdout }), 'line').then(([first]) => String(first)),
    ended.then(() => '{}'),
  ]);
  const stop = async () => {
    api.kill('SIGTERM');
    await ended;
  };
  return { pid: api.pid ?? 0, stop, ...ApiReady.parse(JSON.parse(line)) };
}

/** The first user is registered as every script may do it. */
async function signUp(url: string): Promise<void> {
  const { username, password } = user;
  const form = { username, password, password_confirm: password };
  const body = new URLSearchParams({ ...form, email_address: `${username}@assay.test` });
  const answer = await fetch(`${url}/api/user/`, { method: 'POST', body });
  if (!answer.ok) throw new Error(await answer.text());
}

function peakMemoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  // From here on it is counted anew.
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

export async function startLocalStack(): Promise<LocalStack> {
  const python = await ensureJobPython();
  const folder = await mkdtemp(join(tmpdir(), 'assay-testbed-'));
  const { url, tokens, pid, stop: stopApi } = await startApi(folder);
  await signUp(url);
  const environment = {
    HOME: folder,
    API_URL: url,
    WORKER_TOKEN: tokens[0],
    POOL: 'default',
    WAKE: 'embedded',
    EMBEDDED_MESSAGES: join(folder, 'messages.sqlite'),
    WORK_DIR: join(folder, 'work'),
    PYTHON: python,
    CONCURRENCY: '2',
  };
  const worker = spawnWorker(environment, join(folder, 'worker.log'));
  return {
    url,
    user,
    peakMemory: () => peakMemoryOf(pid),
    async stop() {
      await stopGroup(worker, 30_000);
      await stopApi();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
