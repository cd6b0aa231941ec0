/** The server and the workers that a run of jobs needs, in processes of their own. */
import { join } from 'node:path';
import { WORKER_FLAGS } from '../../../infra/local/local-worker.ts';
import { freePort } from '../../../infra/local/process.ts';
import { SERVER_FLAGS } from '../core/peers.ts';
import { type ChildServer, startChild } from '../frame/child.ts';
import type { EmbeddedReady } from '../processes/embedded.ts';
import type { JobsWorkerInput, WorkerSays } from '../processes/jobs-worker.ts';
import { type JobWorld, makeWorld } from './job-world.ts';
import { type Progress, progressOf } from './progress.ts';

/** How many processes, and how many jobs each runs at a time. */
export interface Workers {
  readonly processes: number;
  readonly slots: number;
}

export interface Cluster extends JobWorld {
  readonly folder: string;
  readonly url: string;
  readonly progress: Progress;
  readonly apiPid: number;
  /** Of the workers, once they have started. */
  workerPids(): readonly number[];
  startWorkers(): Promise<void>;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly folder: string;
  readonly workers: Workers;
  readonly profileTo: string | undefined;
}

const program = (name: string): URL => new URL(`../processes/${name}.ts`, import.meta.url);

async function startWorkerProcesses(
  { folder, workers, profileTo }: ClusterOptions,
  { url, workerToken, messagesFile }: EmbeddedReady,
  progress: Progress,
): Promise<readonly ChildServer<object>[]> {
  const input: JobsWorkerInput = {
    url,
    token: workerToken,
    messagesFile,
    workDir: join(folder, 'work'),
    concurrency: workers.slots,
  };
  const onMessage = (message: unknown) => progress.hear(message as WorkerSays);
  return Promise.all(
    Array.from({ length: workers.processes }, () =>
      startChild<object>(program('jobs-worker'), input, {
        flags: WORKER_FLAGS,
        ...{ profileTo, onMessage },
      }),
    ),
  );
}

/** Starts the server; the workers start when they are asked for. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, profileTo } = options;
  const input = { folder, port: await freePort() };
  const server = await startChild<EmbeddedReady>(program('embedded'), input, {
    flags: SERVER_FLAGS,
    profileTo,
  });
  const progress = progressOf();
  let workers: readonly ChildServer<object>[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await server.stop();
  };
  try {
    const { url } = server.ready;
    return {
      ...{ folder, url, progress, stop },
      ...(await makeWorld(url)),
      apiPid: server.pid,
      workerPids: () => workers.map(({ pid }) => pid),
      async startWorkers() {
        workers = await startWorkerProcesses(options, server.ready, progress);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
