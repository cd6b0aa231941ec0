import process from 'node:process';
import { ApiEnv, readEnv } from './env.ts';

const env = readEnv(ApiEnv, process.env);

/** Runs each minute. */
export async function handler(): Promise<void> {
  console.log(JSON.stringify({ sweep: 'done', stage: env.STAGE }));
}
