import process from 'node:process';
import { PackingTask, packInBackground } from '#domain/artifacts/index.ts';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

/**
 * Makes an archive of a directory, started by the API for what takes longer than an answer may.
 * Needs 15 minutes; of the bucket: to list it, to get what is below `runs/`, to get, put and abort uploads
 * below `packed/`; of the table: to update and delete the row of the packing.
 */
export async function handler(event: unknown): Promise<void> {
  const task = PackingTask.parse(event);
  const end = await bySystem(platform, (ctx) => packInBackground(ctx, task));
  platform.log.info('pack', { key: task.key, type: task.type, end });
}
