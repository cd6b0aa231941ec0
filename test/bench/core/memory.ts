/** Memory of processes that have nothing to do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { freePort, projectRoot, stopGroup } from '../../../infra/local/process.ts';
import { type ChildServer, startChild } from '../frame/child.ts';
import { useOf } from '../frame/processes.ts';
import type { EmbeddedReady } from '../processes/embedded.ts';
import type { GatewayReady } from '../processes/gateways.ts';
import type { LambdaInput } from '../processes/lambda.ts';
import { LAMBDA_ENV } from './lambda-env.ts';
import { SERVER_FLAGS } from './peers.ts';
import { measureWorkerMemory } from './worker-memory.ts';

export interface IdleMemory {
  readonly what: string;
  readonly rssMb: number;
}

const MB = 1_000_000;
const program = (name: string): URL => new URL(`../processes/${name}.ts`, import.meta.url);

async function idle(what: string, pid: number, restMs: number): Promise<IdleMemory | undefined> {
  await sleep(restMs);
  const use = useOf([pid]);
  return use === undefined ? undefined : { what, rssMb: Math.round(use.rssBytes / MB) };
}

/** Loads the dialect; the answer is a 401. */
const touch = async (url: string): Promise<void> => {
  await (await fetch(`${url}/api/v1/experiments/1`)).arrayBuffer();
};

/** The worker as `npm start` starts it, beside an embedded server. */
async function workerMemory(server: EmbeddedReady, folder: string, restMs: number) {
  const worker = spawn(
    process.execPath,
    [join(projectRoot, 'functions', 'entry', 'worker.container.ts')],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env.PATH,
        API_URL: server.url,
        WORKER_TOKEN: server.workerToken,
        POOL: 'default',
        WAKE: 'embedded',
        EMBEDDED_MESSAGES: server.messagesFile,
        WORK_DIR: join(folder, 'work'),
        // It has no job to run, so no Python is ever started.
        PYTHON: process.execPath,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    },
  );
  try {
    const said = once(worker.stdout, 'data').then(() => true);
    const started = await Promise.race([said, once(worker, 'exit').then(() => false)]);
    if (!started) throw new Error('The worker ended at once.');
    worker.stdout.resume();
    return await idle('the worker from its sources (embedded wake-ups)', worker.pid ?? 0, restMs);
  } finally {
    await stopGroup(worker, 10_000);
  }
}

async function whileRunning<Ready, T>(
  start: Promise<ChildServer<Ready>>,
  use: (child: ChildServer<Ready>) => Promise<T>,
): Promise<T> {
  const child = await start;
  try {
    return await use(child);
  } finally {
    await child.stop();
  }
}

/** Memory of a bare Node, of the API in both forms after one request, and of the worker. */
export async function measureIdleMemory(
  bundle: string,
  runFolder: string,
  restMs: number,
): Promise<readonly IdleMemory[]> {
  const folder = join(runFolder, 'idle');
  await mkdir(folder, { recursive: true });
  const bare = await whileRunning(startChild<object>(program('idle'), {}), ({ pid }) =>
    idle('Node alone', pid, restMs),
  );
  const input: LambdaInput = {
    bundle: pathToFileURL(join(bundle, 'index.mjs')).href,
    processes: 1,
  };
  const lambda = await whileRunning(
    startChild<GatewayReady>(program('lambda'), input, { env: LAMBDA_ENV }),
    async ({ pid, ready }) => {
      await touch(ready.url);
      return idle('the bundle of the API behind the gateway runner', pid, restMs);
    },
  );
  const port = await freePort();
  const [embedded, worker] = await whileRunning(
    startChild<EmbeddedReady>(program('embedded'), { folder, port }, { flags: SERVER_FLAGS }),
    async ({ pid, ready }) => {
      await touch(ready.url);
      const api = await idle('the embedded server (API, sweeper, stores)', pid, restMs);
      return [api, await workerMemory(ready, folder, restMs)] as const;
    },
  );
  const inImage = await measureWorkerMemory(folder, restMs);
  return [bare, lambda, embedded, worker, ...inImage].filter((each) => each !== undefined);
}
