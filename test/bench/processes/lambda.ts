/**
 * The bundle of the API's Lambda behind the gateway runner. AWS gives every call that runs at the
 * same time a process of its own; here there are as many as wanted, on one port.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import process from 'node:process';
import { type Gateway, type GatewayHandler, gatewayRunner } from '../../support/gateway/runner.ts';
import { serveAsChild } from '../frame/child.ts';

export interface LambdaInput {
  /** URL of the bundle's entry. */
  readonly bundle: string;
  readonly processes: number;
}

export interface LambdaReady {
  readonly url: string;
}

const BUNDLE = 'BENCH_BUNDLE';

async function serve(bundle: string): Promise<Gateway> {
  const { handler } = (await import(bundle)) as { readonly handler: GatewayHandler };
  return gatewayRunner(handler);
}

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

async function serveByMany({ bundle, processes }: LambdaInput) {
  const started = await Promise.all(Array.from({ length: processes }, () => startWorker(bundle)));
  const ready: LambdaReady = { url: started[0]?.ready.url ?? '' };
  const close = async (): Promise<void> => {
    await Promise.all(started.map(({ worker }) => stopWorker(worker)));
  };
  return { ready, close };
}

if (cluster.isPrimary) {
  await serveAsChild(async (input: LambdaInput) => {
    if (input.processes > 1) return serveByMany(input);
    const gateway = await serve(input.bundle);
    const ready: LambdaReady = { url: gateway.url };
    return { ready, close: gateway.stop };
  });
} else {
  const gateway = await serve(process.env[BUNDLE] ?? '');
  process.once('disconnect', () => void gateway.stop());
  process.send?.({ url: gateway.url } satisfies LambdaReady);
}
