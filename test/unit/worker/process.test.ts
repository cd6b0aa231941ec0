/** The worker as a process: killed at every named point, stopped, frozen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteMessages, type SqliteMessages } from '#embedded/sqlite-messages.ts';
import { systemClock } from '#kernel/clock.ts';
import { FAULT_POINTS, type FaultPoint } from '#worker/faults.ts';
import { eventually, isRunning, tarGz } from './kit.ts';
import {
  POOL,
  type ProtocolServer,
  type ServedJob,
  startProtocolServer,
  WORKER_TOKEN,
} from './protocol-server.ts';

const ENTRY = fileURLToPath(
  new URL('../../../functions/entry/worker.container.ts', import.meta.url),
);

let dir: string;
let server: ProtocolServer;
let queue: SqliteMessages;
const started: ChildProcess[] = [];
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'assay-process-'));
  server = await startProtocolServer();
  const empty = await tarGz([{ name: 'manifest', contents: '{}' }]);
  server.files.set('plugins', empty).set('artifact-plugins', empty);
  queue = openSqliteMessages(join(dir, 'messages.sqlite'), { clock: systemClock });
});
afterEach(async () => {
  for (const worker of started.splice(0)) worker.kill('SIGKILL');
  queue.close();
  expect(server.violations).toEqual([]);
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

/** Stands in for the Python of the pool: called with the runner's path and the work folder. */
async function writePython(commands: string): Promise<void> {
  await writeFile(join(dir, 'python'), `#!/bin/sh\necho $$ >> ${dir}/pids\n${commands}\n`);
  await chmod(join(dir, 'python'), 0o755);
}

const WORK = `
  seq 1 200
  printf whole > out.txt
  printf '{"status":"finished","artifacts":[{"name":"model","path":"%s/out.txt","isDir":false}]}' "$PWD" > "$2/result.json"`;

interface Started {
  readonly worker: ChildProcess;
  readonly output: () => string;
}

function startWorker(more: Readonly<Record<string, string>> = {}): Started {
  const worker = spawn(process.execPath, [ENTRY], {
    env: {
      PATH: process.env.PATH,
      API_URL: server.url,
      WORKER_TOKEN,
      POOL,
      WAKE: 'embedded',
      EMBEDDED_MESSAGES: join(dir, 'messages.sqlite'),
      WORK_DIR: join(dir, 'work'),
      PYTHON: join(dir, 'python'),
      DRAIN_SECONDS: '10',
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(worker);
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  return { worker, output: () => output };
}

const send = (job: ServedJob) =>
  queue.send(POOL, JSON.stringify({ version: 1, jobId: job.id, attempt: job.attempt }));

/** What the sweeper does when the lease of a dead worker has ended. */
async function sweep(job: ServedJob): Promise<void> {
  if (job.state === 'started') {
    job.state = 'queued';
    job.attempt += 1;
  }
  if (job.state === 'queued') await send(job);
}

const pids = () =>
  existsSync(join(dir, 'pids'))
    ? readFileSync(join(dir, 'pids'), 'utf8').trim().split('\n').map(Number)
    : [];

describe('a worker that is killed', () => {
  it.each(FAULT_POINTS)('at %s loses nothing and does nothing twice', async (point: FaultPoint) => {
    await writePython(WORK);
    const job = server.addJob();
    await send(job);

    const { worker } = startWorker({ ASSAY_FAULT_POINT: point });
    const [, signal] = await once(worker, 'exit');
    expect(signal).toBe('SIGKILL');
    // What the job's process was doing does not go on without its worker.
    await eventually(() => pids().every((pid) => !isRunning(pid)));
    const before = { state: job.state, finish: job.finish, claims: job.claims };
    await sweep(job);
    const second = startWorker();
    await eventually(() => second.output().includes('worker_started'));
    await eventually(() => job.state === 'finished');
    second.worker.kill('SIGTERM');
    const [code] = await once(second.worker, 'exit');

    expect(code).toBe(0);
    expect(before.state === 'finished').toBe(point === 'after-finish');
    expect(job.claims).toBe(before.claims + (point === 'after-finish' ? 0 : 1));
    expect(job.log.map(({ message }) => message)).toEqual(
      Array.from({ length: 200 }, (_, index) => String(index + 1)),
    );
    expect(job.finish?.artifacts).toMatchObject([{ path: 'model/out.txt', size: 5 }]);
    expect(job.uploads.get('model/out.txt')?.bytes?.toString()).toBe('whole');
    // The second worker cleared up what the first one left.
    expect(readdirSync(join(dir, 'work'))).toEqual([`consumer-${second.worker.pid}`]);
    expect(readdirSync(join(dir, 'work', `consumer-${second.worker.pid}`))).toEqual([]);
  });
});

describe('a worker that is stopped', () => {
  it('gives its job back, ends with 0 and has told no secret', async () => {
    await writePython(`echo ready; while :; do sleep 0.05; done`);
    const job = server.addJob();
    await send(job);
    const { worker, output } = startWorker();
    await eventually(() => job.log.length > 0);

    worker.kill('SIGTERM');
    const [code] = await once(worker, 'exit');

    expect(code).toBe(0);
    expect(job).toMatchObject({ state: 'queued', releases: 1 });
    expect(pids().filter(isRunning)).toEqual([]);
    expect(output()).toContain('"event":"job_ended"');
    expect(output()).not.toContain(WORKER_TOKEN);
    expect(output()).not.toContain(job.template.jobToken);
  });

  it('ends by itself when there is nothing to do', async () => {
    await writePython(WORK);
    const { worker } = startWorker({ IDLE_SECONDS: '1' });

    const [code] = await once(worker, 'exit');

    expect(code).toBe(0);
  });

  it('hands its token in as its last act when it is the worker of a task, however it ends', async () => {
    await writePython(WORK);
    const ofTask = {
      WAKE: 'sqs',
      QUEUE_URL: 'http://127.0.0.1:9/queue',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const verbs = () => server.calls.map(({ verb }) => verb);
    const code = async ({ worker }: Started) => (await once(worker, 'exit'))[0];

    const idle = startWorker({ ...ofTask, IDLE_SECONDS: '1' });
    expect(await code(idle)).toBe(0);
    expect(verbs()).toEqual(['retire']);

    const stopped = startWorker(ofTask);
    await eventually(() => stopped.output().includes('worker_started'));
    stopped.worker.kill('SIGTERM');
    expect(await code(stopped)).toBe(0);
    expect(verbs()).toEqual(['retire', 'retire']);

    server.fault = () => 'drop-request';
    expect(await code(startWorker({ ...ofTask, LIFE_SECONDS: '1' }))).toBe(0);
    await code(startWorker({ IDLE_SECONDS: '1' }));
    expect(verbs().slice(2).length).toBeGreaterThan(0);
    expect(new Set(verbs())).toEqual(new Set(['retire']));
  });

  it('says what its environment lacks and ends with 1', async () => {
    const { worker, output } = startWorker({ API_URL: 'nowhere', PYTHON: '', CONCURRENCY: '0' });

    const [code] = await once(worker, 'exit');

    expect(code).toBe(1);
    for (const name of ['API_URL', 'PYTHON', 'CONCURRENCY']) expect(output()).toContain(name);
  });
});

describe('a worker that was frozen past its lease', () => {
  it('cannot finish what another has taken over', async () => {
    await writePython(`echo from $$; sleep 0.7; ${WORK}`);
    const job = server.addJob({ leaseSeconds: 0.8, heartbeatSeconds: 0.2 });
    await send(job);
    const frozen = startWorker();
    await eventually(() => job.log.length > 0);
    frozen.worker.kill('SIGSTOP');
    await eventually(() => Date.now() > job.leaseUntil);
    await sweep(job);
    const second = startWorker();
    await eventually(() => job.attempt === 2 && job.state === 'started');

    frozen.worker.kill('SIGCONT');
    await eventually(() => frozen.output().includes('"end":"lost"'));
    await eventually(() => job.state === 'finished');

    expect(job).toMatchObject({ claims: 2, finish: { attempt: 2, outcome: 'finished' } });
    expect(job.log[0]?.message).toBe(`from ${pids()[1]}`);
    expect(job.log).toHaveLength(201);
    for (const { worker } of [frozen, second]) {
      worker.kill('SIGTERM');
      await once(worker, 'exit');
    }
  });
});
