import process from 'node:process';
import { sweepJobs } from '#domain/jobs/index.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

/** Runs each minute. */
export async function handler(): Promise<void> {
  const pending: Promise<unknown>[] = [];
  const report = await sweepJobs({
    ...platform,
    actor: { kind: 'system' },
    defer: (work) => void pending.push(work),
  });
  await Promise.allSettled(pending);
  platform.log.info('sweep', { ...report });
}
