/** Functions behind the gateway runner: AWS gives every call that runs at the same time a process of its own. */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import type { Gateway } from '../../support/gateway/runner.ts';
import { serveAsChild } from '../frame/child.ts';

export interface GatewayInput {
  /** As many of them answer, on one port. */
  readonly processes: number;
}

export interface GatewayReady {
  readonly url: string;
  /** Of the function; what only hands connections to them is the gateway's. */
  readonly pids: readonly number[];
}

const INPUT = 'BENCH_INPUT';

/** Every process listens on the same port; connections are handed to them in turns. */
async function startWorker(input: object): Promise<{ worker: Worker; ready: GatewayReady }> {
  const worker = cluster.fork({ [INPUT]: JSON.stringify(input) });
  const ended = once(worker, 'exit').then(([code]) => {
    throw new Error(`A process of the function ended with ${code}.`);
  });
  const [ready] = await Promise.race([once(worker, 'message'), ended]);
  ended.catch(() => undefined);
  return { worker, ready };
}

async function stopWorker(worker: Worker): Promise<void> {
  const exit = once(worker, 'exit');
  worker.disconnect();
  await exit;
}

async function inProcesses(input: GatewayInput) {
  const all = Array.from({ length: input.processes }, () => startWorker(input));
  const started = await Promise.all(all);
  const pids = started.flatMap(({ ready }) => ready.pids);
  const ready: GatewayReady = { url: started[0]?.ready.url ?? '', pids };
  const close = async (): Promise<void> => {
    await Promise.all(started.map(({ worker }) => stopWorker(worker)));
  };
  return { ready, close };
}

async function inThisProcess(gateway: Gateway) {
  const ready: GatewayReady = { url: gateway.url, pids: [process.pid] };
  return { ready, close: gateway.stop };
}

/** In the child: `prepare` once, then `start` in each process. */
export async function serveGateways<Input extends GatewayInput>(
  start: (input: Input) => Promise<Gateway>,
  prepare = async (_input: Input): Promise<void> => undefined,
): Promise<void> {
  if (cluster.isPrimary) {
    return serveAsChild(async (input: Input) => {
      await prepare(input);
      return input.processes > 1 ? inProcesses(input) : inThisProcess(await start(input));
    });
  }
  const gateway = await start(JSON.parse(process.env[INPUT] ?? '{}'));
  process.once('disconnect', () => void gateway.stop());
  process.send?.({ url: gateway.url, pids: [process.pid] } satisfies GatewayReady);
}
