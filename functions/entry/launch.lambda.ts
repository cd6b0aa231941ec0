import process from 'node:process';
import { ecsClient } from '#aws/ecs-client.ts';
import { openEcsTasks } from '#aws/ecs-tasks.ts';
import { bySystem } from './deferred.ts';
import { readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { launchPools } from './launch.ts';
import { LaunchEnv } from './launch-env.ts';

const env = readEnv(LaunchEnv, process.env);
const platform = lambdaPlatform(env);
const aws = env.AWS_ENDPOINT_URL === undefined ? {} : { endpoint: env.AWS_ENDPOINT_URL };
const tasks = openEcsTasks({
  kit: ecsClient(aws),
  clock: platform.clock,
  cluster: env.CLUSTER,
  subnets: env.SUBNETS,
  securityGroup: env.SECURITY_GROUP,
  apiUrl: env.API_URL,
  pools: Object.fromEntries(env.TASKS.map((each) => [each.pool, each])),
});

/** Runs each minute for every pool, and for one pool whenever a message was sent to it. */
export async function handler(event: unknown): Promise<void> {
  await bySystem(platform, (ctx) => launchPools(ctx, tasks, env.TASKS, event));
}
