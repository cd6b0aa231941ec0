import { awsPlatform } from '#aws/context.ts';
import type { Platform } from '#kernel/context.ts';
import type { ApiEnv } from './env.ts';
import { jsonLog } from './json-log.ts';
import { VERSION } from './version.ts';

/** The platform of a function in AWS, from its environment. */
export function lambdaPlatform(env: ApiEnv): Platform {
  return awsPlatform({
    tableName: env.TABLE_NAME,
    bucket: env.BUCKET_NAME,
    queues: Object.fromEntries(env.POOLS.map(({ name, ...queue }) => [name, queue])),
    settings: {
      registration: env.REGISTRATION,
      pools: env.POOLS.map(({ name }) => ({ name, kind: 'managed' })),
      passwordLogN: 17,
      version: VERSION,
    },
    log: jsonLog(),
    ...(env.AWS_ENDPOINT_URL === undefined ? {} : { aws: { endpoint: env.AWS_ENDPOINT_URL } }),
  });
}
