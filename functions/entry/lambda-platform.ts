import type { AwsOptions } from '#aws/client-options.ts';
import { awsPlatform } from '#aws/context.ts';
import type { Logger, Platform, Pool } from '#kernel/context.ts';
import type { ApiEnv, PoolAddress } from './env.ts';
import { jsonLog } from './json-log.ts';
import { repositories } from './repositories.ts';
import { VERSION } from './version.ts';

/** Of external workers that idle: so they cost half a dollar a month each, as open calls $35. */
const POLL_SECONDS = 15;

/** Bytes arrive as base64 in an event of 6 MiB; what is larger never gets here from the gateway. */
const MAX_BODY_BYTES = (6 * 1024 * 1024 * 3) / 4;

const poolOf = (pool: PoolAddress): Pool => {
  const { name, kind } = pool;
  const usdPerHour = pool.kind === 'managed' ? pool.usdPerHour : undefined;
  return { name, kind, ...(usdPerHour === undefined ? {} : { usdPerHour }) };
};

/** The platform of a function in AWS, from its environment; `aws` says it instead of the SDK's usual sources. */
export function lambdaPlatform(
  env: ApiEnv,
  log: Logger = jsonLog(),
  aws: AwsOptions = env.AWS_ENDPOINT_URL === undefined ? {} : { endpoint: env.AWS_ENDPOINT_URL },
): Platform {
  return awsPlatform({
    tableName: env.TABLE_NAME,
    bucket: env.BUCKET_NAME,
    queues: Object.fromEntries([
      ...env.POOLS.flatMap((pool) => (pool.kind === 'managed' ? [[pool.name, pool]] : [])),
      ...env.QUEUES.map((queue) => [queue.name, queue]),
    ]),
    background: env.BACKGROUND,
    repositories,
    settings: {
      registration: env.REGISTRATION,
      gitHosts: env.GIT_HOSTS,
      pools: env.POOLS.map(poolOf),
      ...(env.USD_PER_GB_MONTH === undefined ? {} : { usdPerGbMonth: env.USD_PER_GB_MONTH }),
      passwordLogN: 17,
      pollSeconds: POLL_SECONDS,
      version: VERSION,
      maxBodyBytes: MAX_BODY_BYTES,
    },
    log,
    aws,
  });
}
