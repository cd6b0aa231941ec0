/** What a Fargate task would be given, for a worker that runs as a local process beside an emulated stack. */
import type { AwsSession } from './aws-session.ts';
import { requestWorkerToken } from './first-administrator.ts';
import type { Env } from './process.ts';
import type { Credentials } from './sample/credentials.ts';

/** The environment of a worker of the pool `default`. */
export async function workerEnv(
  session: Pick<AwsSession, 'url' | 'deployment'>,
  options: { readonly user: Credentials; readonly python: string; readonly folder: string },
): Promise<Env> {
  const queue = session.deployment.pools.find(({ name }) => name === 'default');
  if (queue === undefined) throw new Error('The stack has no pool "default".');
  return {
    API_URL: session.url,
    WORKER_TOKEN: await requestWorkerToken(session.url, options.user, 'default'),
    POOL: 'default',
    WAKE: 'sqs',
    QUEUE_URL: queue.queueUrl,
    WORK_DIR: options.folder,
    PYTHON: options.python,
    CONCURRENCY: '2',
  };
}
