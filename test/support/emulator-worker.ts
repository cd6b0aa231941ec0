/** Workers of the shared deployment: local processes. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { awsEnv } from '../../infra/local/aws-session.ts';
import { workerEnv } from '../../infra/local/aws-worker.ts';
import { requestWorkerToken } from '../../infra/local/first-administrator.ts';
import { spawnWorker } from '../../infra/local/local-worker.ts';
import type { ProvidedDeployment } from './emulator-setup.ts';

/** One with the environment of its task. */
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

/** One of an external pool. */
export async function startPollingWorker(
  { folder, url, user }: ProvidedDeployment,
  python: string,
  pool: string,
): Promise<ChildProcess> {
  const env = {
    HOME: folder,
    API_URL: url,
    WORKER_TOKEN: await requestWorkerToken(url, user, pool),
    POOL: pool,
    WORK_DIR: join(folder, `work-${pool}`),
    PYTHON: python,
    CONCURRENCY: '2',
  };
  return spawnWorker(env, join(folder, `worker-${pool}.log`));
}
