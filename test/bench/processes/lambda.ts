/**
 * The bundle of the API's Lambda behind the gateway runner, in a process for each core: AWS gives
 * every call that runs at the same time a process of its own, here they share the machine's.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { type GatewayHandler, gatewayRunner } from '../../support/gateway/runner.ts';
import { serveAsChild } from '../frame/child.ts';

export interface LambdaInput {
  /** URL of the bundle's entry. */
  readonly bundle: string;
}

export interface LambdaReady {
  readonly url: string;
}

const BUNDLE = 'BENCH_BUNDLE';

/** Every process listens on the same port; connections are handed to them in turns. */
async function startWorker(bundle: string): Promise<{ worker: Worker; ready: LambdaReady }> {
  const worker = cluster.fork({ [BUNDLE]: bundle });
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

if (cluster.isPrimary) {
  await serveAsChild(async ({ bundle }: LambdaInput) => {
    const starting = Array.from({ length: availableParallelism() }, () => startWorker(bundle));
    const started = await Promise.all(starting);
    const ready: LambdaReady = { url: started[0]?.ready.url ?? '' };
    return {
      ready,
      close: async () => void (await Promise.all(started.map(({ worker }) => stopWorker(worker)))),
    };
  });
} else {
  const { handler } = (await import(process.env[BUNDLE] ?? '')) as {
    readonly handler: GatewayHandler;
  };
  const gateway = await gatewayRunner(handler);
  process.once('disconnect', () => void gateway.stop());
  process.send?.({ url: gateway.url } satisfies LambdaReady);
}
