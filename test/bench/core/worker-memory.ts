/** Memory of the worker as its container runs it, bundled and with the image's flags, while idle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { stageWorkerImage } from '../../../infra/image/stage.ts';
import { stopGroup } from '../../../infra/local/process.ts';
import { useOf } from '../frame/processes.ts';
import { FAKE_ACCOUNT } from './stores.ts';

const MB = 1_000_000;
const POLL_MS = 1_000;
const NOTHING_TO_DO = JSON.stringify({ claim: null });

const Entrypoint = z.tuple([z.string()], z.string());

/** Node's flags in the image's entry point: what is measured must not differ from it. */
async function flagsOf(context: string): Promise<readonly string[]> {
  const dockerfile = await readFile(join(context, 'Dockerfile'), 'utf8');
  const [, command = ''] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  return Entrypoint.parse(JSON.parse(command)).slice(1, -1);
}

/** Answers like an API, and an SQS, that have nothing to do for anybody. */
async function startNothing(): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    const body = request.url?.endsWith('/claim') === true ? NOTHING_TO_DO : '{}';
    setTimeout(() => response.setHeader('content-type', 'application/json').end(body), POLL_MS);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export interface WorkerMemory {
  readonly what: string;
  readonly rssMb: number;
}

async function measure(
  wake: 'sqs' | 'poll',
  { context, url, restMs }: { context: string; url: string; restMs: number },
): Promise<WorkerMemory> {
  const args = [...(await flagsOf(context)), join(context, 'worker', 'index.mjs')];
  const worker = spawn(process.execPath, args, {
    env: {
      ...FAKE_ACCOUNT,
      PATH: process.env.PATH,
      MALLOC_ARENA_MAX: '2',
      AWS_ENDPOINT_URL: url,
      API_URL: url,
      WORKER_TOKEN: 'of the benchmark',
      POOL: 'default',
      WAKE: wake,
      QUEUE_URL: `${url}/1/queue`,
      WORK_DIR: join(context, `work-${wake}`),
      // It has no job to run, so no Python is ever started.
      PYTHON: process.execPath,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    // The first answers have come, and what they load is there.
    await sleep(restMs + 3 * POLL_MS);
    const use = useOf([worker.pid ?? 0]);
    if (use === undefined) throw new Error(`The worker (${wake}) ended.`);
    const what = `the worker of the image (${wake === 'sqs' ? 'SQS' : 'long polls'})`;
    return { what, rssMb: Math.round(use.rssBytes / MB) };
  } finally {
    await stopGroup(worker, 10_000);
  }
}

/** Both ways to wait for work, one after the other. */
export async function measureWorkerMemory(
  folder: string,
  restMs: number,
): Promise<readonly WorkerMemory[]> {
  const context = join(folder, 'image');
  await stageWorkerImage(context);
  const server = await startNothing();
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sqs = await measure('sqs', { context, url, restMs });
    return [sqs, await measure('poll', { context, url, restMs })];
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
