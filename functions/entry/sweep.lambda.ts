import process from 'node:process';
import { sweepJobs } from '#domain/jobs/index.ts';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

/** Runs each minute. */
export async function handler(): Promise<void> {
  const report = await bySystem(platform, sweepJobs);
  platform.log.info('sweep', { ...report });
}
