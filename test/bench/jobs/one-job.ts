/** What the life of one job takes, counted around the ports and at the door of the API. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { embeddedPlatform } from '#embedded/context.ts';
import { adminOf } from '#entry/admin.ts';
import { inProcess } from '#entry/background.ts';
import { type AccessLine, startLocalServer } from '#entry/local-server.ts';
import { systemClock } from '#kernel/clock.ts';
import { type Meter, meterPorts } from '#kernel/meter.ts';
import { workerClient } from '#worker/client.ts';
import { faultAt } from '#worker/faults.ts';
import { consume, type Wake } from '#worker/loop.ts';
import { chooseLauncher } from '#worker/sandbox/choose.ts';
import { makeWorld } from './job-world.ts';
import { nativeRuntime } from './native.ts';

export interface CountedJob {
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Calls of the table. */
  readonly tableCalls: number;
  /** Calls of the worker: of the API, and to store files. */
  readonly workerCalls: number;
  /** To send the message, and for the worker to receive and to remove it. */
  readonly messageCalls: number;
  /** The worker's calls in their order. */
  readonly calls: readonly string[];
}

interface Bench {
  readonly meter: Meter;
  readonly lines: readonly AccessLine[];
  submit(): Promise<void>;
  /** Has a worker run the job that waits. */
  work(): Promise<void>;
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface Worker {
  readonly url: string;
  readonly token: string;
  readonly wake: Wake;
  readonly folder: string;
}

async function runOne({ url, token, wake, folder }: Worker): Promise<void> {
  const stop = new AbortController();
  const path = process.env.PATH ?? '';
  let end: unknown;
  await consume({
    client: workerClient({ apiUrl: url, token, pool: 'default' }),
    apiUrl: url,
    pool: 'default',
    worker: 'counted',
    wake,
    concurrency: 1,
    runtime: nativeRuntime,
    launcherOf: chooseLauncher({ path }),
    baseDir: folder,
    path,
    clock: systemClock,
    log(event, facts) {
      if (event !== 'job_ended') return;
      end = facts?.end;
      stop.abort();
    },
    reach: faultAt(undefined),
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
    drainMs: 5_000,
  });
  if (end !== 'finished') throw new Error(`The job that is counted ended with ${end}.`);
}

async function openBench(folder: string): Promise<Bench> {
  let url = '';
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: () => url,
    secret: 'the secret of a job that is counted',
    background: inProcess,
    log: { info: () => undefined, error: () => undefined },
    settings: {
      registration: 'open',
      pools: [{ name: 'default', kind: 'managed' }],
      passwordLogN: 10,
      version: 'bench',
    },
  });
  const { meter, ...ports } = meterPorts(platform);
  const lines: AccessLine[] = [];
  const apiPlatform = { ...platform, ...ports };
  const server = await startLocalServer({
    ...{ platform, apiPlatform, port: 0 },
    onRequest: (line) => lines.push(line),
  });
  ({ url } = server);
  const { api, submission } = await makeWorld(url);
  const token = await adminOf(platform).createWorkerToken('default', 3_600);
  return {
    meter,
    lines,
    async submit() {
      await api.post(submission.path, JSON.parse(submission.body ?? ''));
    },
    work: () => runOne({ url, token, wake: ports.messages, folder }),
    settled: server.settled,
    async close() {
      await server.close();
      platform.close();
    },
  };
}

/** `POST /jobs/{id}/log` for every job. */
const callOf = ({ method, path }: AccessLine): string =>
  `${method} ${path
    .replace(/^\/api\/(worker\/)?v1/, '')
    .replaceAll(/\/\d+/g, '/{id}')
    .replace(/^\/_blobs\/.*/, '/_blobs')}`;

/** Counts the second of two jobs, so that nothing is made for the first time. */
export async function countJob(): Promise<CountedJob> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-one-job-'));
  const bench = await openBench(folder);
  try {
    await bench.submit();
    await bench.work();
    await bench.settled();
    bench.meter.reset();
    await bench.submit();
    const before = bench.lines.length;
    await bench.work();
    await bench.settled();
    const { writeUnits, readUnits, tableCalls, messageCalls } = bench.meter.snapshot();
    const calls = bench.lines.slice(before).map(callOf);
    return { writeUnits, readUnits, tableCalls, workerCalls: calls.length, messageCalls, calls };
  } finally {
    await bench.close();
    await rm(folder, { recursive: true, force: true });
  }
}
