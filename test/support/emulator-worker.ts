/** A worker of the shared deployment: a local process with the environment of its task. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { awsEnv } from '../../infra/local/aws-session.ts';
import { workerEnv } from '../../infra/local/aws-worker.ts';
import { spawnWorker } from '../../infra/local/local-worker.ts';
import type { ProvidedDeployment } from './emulator-setup.ts';

export async function startTestWorker(
  deployment: ProvidedDeployment,
  python: string,
): Promise<ChildProcess> {
  const { folder, url, env, user } = deployment;
  const emulator = { env: { ...env, HOME: join(folder, 'home') } };
  const options = { user, python, folder: join(folder, 'work') };
  const task = await workerEnv({ url, deployment }, options);
  return spawnWorker({ ...awsEnv(emulator), ...task }, join(folder, 'worker.log'));
}
