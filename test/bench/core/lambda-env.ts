import process from 'node:process';
import type { LaunchEnv } from '../../../functions/entry/launch-env.ts';
import { FAKE_ACCOUNT } from './stores.ts';

/** Nothing listens there: what is measured in this environment calls nobody. */
const NOWHERE = 'http://127.0.0.1:9';

const variables: Readonly<
  Record<Exclude<keyof LaunchEnv, 'AWS_ENDPOINT_URL' | 'BACKGROUND'> | 'STORE_URL', string>
> = {
  TABLE_NAME: 'bench',
  STORE_URL: 'https://bench.s3.us-east-1.amazonaws.com',
  BUCKET_NAME: 'bench',
  STAGE: 'bench',
  REGISTRATION: 'closed',
  GIT_HOSTS: '[]',
  POOLS: JSON.stringify([
    { name: 'default', kind: 'managed', queueUrl: `${NOWHERE}/q`, dlqUrl: `${NOWHERE}/d` },
  ]),
  QUEUES: '[]',
  USD_PER_GB_MONTH: '0.02',
  CLUSTER: 'bench',
  API_URL: NOWHERE,
  SUBNETS: JSON.stringify(['subnet-1']),
  SECURITY_GROUP: 'sg-1',
  TASKS: JSON.stringify([{ pool: 'default', taskDefinition: 'bench', max: 1 }]),
};

/** All that any of our functions reads when it starts. */
export const LAMBDA_ENV: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  ...FAKE_ACCOUNT,
  ...variables,
};
