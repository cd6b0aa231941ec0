/** The worker as a process: in a container, on a machine of one's own, or beside the local server. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { openSqs } from '#aws/sqs-client.ts';
import { openSqsMessages } from '#aws/sqs-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { randomIds } from '#kernel/ids.ts';
import { withoutEndSlashes } from '#kernel/strings.ts';
import { showLife } from '#worker/alive.ts';
import { type WorkerClient, workerClient } from '#worker/client.ts';
import { faultAt } from '#worker/faults.ts';
import { explain, type WorkerLog } from '#worker/log.ts';
import { consume, type Wake } from '#worker/loop.ts';
import { findPython, pythonRuntime } from '#worker/python.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { prepareBaseDir } from '#worker/work-dir.ts';
import { readEnv } from './env.ts';
import { WorkerEnv } from './worker-env.ts';

const log: WorkerLog = (event, facts = {}) => {
  const time = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ time, event, ...facts })}\n`);
};

async function readToken({ WORKER_TOKEN, WORKER_TOKEN_FILE }: WorkerEnv): Promise<string> {
  if (WORKER_TOKEN !== undefined) return WORKER_TOKEN;
  return (await readFile(WORKER_TOKEN_FILE ?? '', 'utf8')).trim();
}

interface OpenWake {
  readonly wake: Wake | undefined;
  readonly close: () => Promise<void>;
}

async function openWake(env: WorkerEnv): Promise<OpenWake> {
  if (env.WAKE === 'sqs') {
    const kit = await openSqs();
    const queueUrl = env.QUEUE_URL ?? '';
    // The worker looks at no dead letters; its role could not.
    const queues = { [env.POOL]: { queueUrl, dlqUrl: '' } };
    const wake = openSqsMessages({ kit: async () => kit, queues });
    return { wake, close: async () => kit.client.destroy() };
  }
  if (env.WAKE === 'embedded') {
    // SQLite is loaded only where it is the queue.
    const { openSqliteMessages } = await import('#embedded/sqlite-messages.ts');
    const wake = openSqliteMessages(env.EMBEDDED_MESSAGES ?? '', { clock: systemClock });
    return { wake, close: async () => wake.close() };
  }
  return { wake: undefined, close: async () => {} };
}

const milliseconds = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

/** The last act of a task: its token is of no use to anybody else. One that is left ends by itself. */
async function retire(client: WorkerClient): Promise<void> {
  await client.retire().catch((error: unknown) => log('not_retired', { error: explain(error) }));
}

async function main(env: WorkerEnv, signal: AbortSignal): Promise<void> {
  const token = await readToken(env);
  const worker = env.WORKER_NAME ?? `${hostname().slice(0, 60)}-${randomIds.hex32()}`;
  const { wake, close } = await openWake(env);
  const baseDir = await prepareBaseDir(env.WORK_DIR);
  const rest = env.ALIVE_FILE === undefined ? undefined : await showLife(env.ALIVE_FILE);
  const client = workerClient({ apiUrl: env.API_URL, token, pool: env.POOL });
  log('worker_started', { pool: env.POOL, worker, wake: env.WAKE, concurrency: env.CONCURRENCY });
  try {
    await consume({
      client,
      apiUrl: withoutEndSlashes(env.API_URL),
      pool: env.POOL,
      worker,
      wake,
      concurrency: env.CONCURRENCY,
      runtime: pythonRuntime(findPython(env.PYTHON)),
      launcherOf: chooseLauncher({ path: env.PATH, uidBase: env.JOB_UID_BASE }),
      baseDir,
      path: env.PATH,
      clock: systemClock,
      log,
      reach: faultAt(env.ASSAY_FAULT_POINT),
      signal,
      drainMs: env.DRAIN_SECONDS * 1000,
      idleMs: milliseconds(env.IDLE_SECONDS),
      lifeMs: milliseconds(env.LIFE_SECONDS),
    });
    if (env.WAKE === 'sqs') await retire(client);
  } finally {
    rest?.();
    await close();
  }
}

const stop = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    log('stopping', { signal: name });
    stop.abort();
  });
}
try {
  await main(readEnv(WorkerEnv, process.env), stop.signal);
  log('worker_ended');
} catch (error) {
  log('worker_failed', { error: explain(error) });
  process.exitCode = 1;
}
