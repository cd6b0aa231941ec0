import process from 'node:process';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { sweepAll } from './sweep.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

/** Runs each minute. */
export async function handler(): Promise<void> {
  const report = await bySystem(platform, sweepAll);
  platform.log.info('sweep', { ...report });
}
