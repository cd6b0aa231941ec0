/** What a Fargate task would be given, for a worker that runs as a local process beside an emulated stack. */
import { type Admin, adminOf } from '../../functions/entry/admin.ts';
import { ApiEnv, readEnv } from '../../functions/entry/env.ts';
import { jsonLog } from '../../functions/entry/json-log.ts';
import { lambdaPlatform } from '../../functions/entry/lambda-platform.ts';
import type { AwsSession } from './aws-session.ts';
import type { Emulator } from './emulator.ts';
import type { Env } from './process.ts';

const TOKEN_SECONDS = 30 * 86_400;

/** Acts on the stack's own table, as its operator could. */
export async function deploymentAdmin(
  session: Pick<AwsSession, 'deployment'> & {
    readonly emulator: Pick<Emulator, 'endpoint' | 'env'>;
  },
): Promise<Admin> {
  const { outputs } = session.deployment;
  const env = readEnv(ApiEnv, {
    TABLE_NAME: outputs.TableName,
    BUCKET_NAME: outputs.ArtifactBucket,
    STAGE: 'local',
    POOLS: outputs.Pools,
    AWS_ENDPOINT_URL: session.emulator.endpoint,
  });
  return adminOf(
    lambdaPlatform(
      env,
      jsonLog(() => undefined),
      {
        endpoint: session.emulator.endpoint,
        region: session.emulator.env.AWS_REGION ?? 'us-east-1',
        credentials: {
          accessKeyId: session.emulator.env.AWS_ACCESS_KEY_ID ?? '',
          secretAccessKey: session.emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
        },
      },
    ),
  );
}

/** The environment of a worker of the pool `default`. */
export async function workerEnv(
  session: Pick<AwsSession, 'url' | 'deployment'>,
  options: { readonly admin: Admin; readonly python: string; readonly folder: string },
): Promise<Env> {
  const queue = session.deployment.pools.find(({ name }) => name === 'default');
  if (queue === undefined) throw new Error('The stack has no pool "default".');
  return {
    API_URL: session.url,
    WORKER_TOKEN: await options.admin.createWorkerToken('default', TOKEN_SECONDS),
    POOL: 'default',
    WAKE: 'sqs',
    QUEUE_URL: queue.queueUrl,
    WORK_DIR: options.folder,
    PYTHON: options.python,
    CONCURRENCY: '2',
  };
}
