/** Everything of the AWS path on one machine: emulator, deployed stack, stable URL, worker. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { isByPath } from './api-url.ts';
import { type Deployment, deploy } from './deploy.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator.ts';
import { connectEmulator } from './foreign-emulator.ts';
import { startFrontProxy } from './front-proxy.ts';
import { spawnWorker } from './local-worker.ts';
import { type Env, isFree, PortTaken, stopGroup } from './process.ts';

export interface AwsSessionOptions extends EmulatorOptions {
  /** An emulator that runs already, instead of one that is started. */
  readonly endpoint?: string | undefined;
  /** CDK context. */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Port of the base URL; without it any free one. */
  readonly urlPort?: number;
  /** Makes `stop` end the worker at once. */
  readonly hurry?: AbortSignal;
  /** Told what is being done, for people who wait. */
  readonly onPhase?: (phase: string) => void;
}

export interface AwsSession {
  /** The base URL that clients use. */
  readonly url: string;
  readonly emulator: Emulator;
  readonly deployment: Deployment;
  /**
   * Starts the worker's container entry as a local process, in the environment that its task
   * would have: `env`, and what AWS clients need. Nothing else of this process is passed on.
   */
  startWorker(env: Env): ChildProcess;
  /** Stops the worker, then the URL, then the emulator. */
  stop(): Promise<void>;
}

/** Time that a worker has after SIGTERM; Fargate's stop timeout. */
const workerGraceMs = 120_000;

/** Starts emulator and URL and deploys the stack; stops what it started when a step fails. */
export async function startAwsSession(options: AwsSessionOptions): Promise<AwsSession> {
  const { onPhase = () => {}, context = {}, urlPort = 0 } = options;
  const stoppers: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const stopOne of stoppers.splice(0).reverse()) await stopOne();
  };
  if (urlPort !== 0 && !(await isFree(urlPort))) throw new PortTaken(urlPort);
  try {
    const emulator = await openEmulator(options, onPhase);
    stoppers.push(() => emulator.stop());
    onPhase('deploying the stack with the CDK CLI (about a minute)');
    const deployment = await deploy(emulator, context, options.signal);
    const url = await openUrl(deployment.apiUrl, urlPort, stoppers);
    const startWorker = (env: Env) => {
      const log = join(emulator.folder, 'worker.log');
      const child = spawnWorker({ ...awsEnv(emulator), ...env }, log);
      stoppers.push(() => stopGroup(child, workerGraceMs, options.hurry));
      return child;
    };
    return { url, emulator, deployment, startWorker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function openEmulator(
  options: AwsSessionOptions,
  onPhase: (phase: string) => void,
): Promise<Emulator> {
  if (options.endpoint === undefined) {
    onPhase('starting the AWS emulator');
    return startEmulator(options);
  }
  onPhase(`using the AWS emulator at ${options.endpoint}`);
  return connectEmulator(options.endpoint, options);
}

/** A short URL in front of a long path; an address by host name is used as it is. */
async function openUrl(
  apiUrl: string,
  port: number,
  stoppers: (() => Promise<void>)[],
): Promise<string> {
  if (!isByPath(apiUrl)) return apiUrl;
  const front = await startFrontProxy(apiUrl, port);
  stoppers.push(() => front.stop());
  return front.url;
}

/** The environment in which AWS clients reach the emulator, and nothing else of it. */
export const awsEnv = ({ env }: Pick<Emulator, 'env'>): Env => ({
  HOME: env.HOME,
  ...Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('AWS_'))),
});
