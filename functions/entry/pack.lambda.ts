import process from 'node:process';
import * as z from 'zod';
import { PackingTask, packInBackground } from '#domain/artifacts/index.ts';
import { countStorage, StorageTask } from '#domain/overview/index.ts';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

const Task = z.union([PackingTask, StorageTask]);

/**
 * What reads many files and takes longer than an answer may, started by the API: makes an archive of a
 * directory, or counts the files of a group. Needs 15 minutes; of the bucket: to list it, to get what is below
 * `runs/`, to get, put and abort uploads below `packed/`; of the table: to update and delete the row of the
 * packing, to update that of the count, and to read lists and the index of runs.
 */
export async function handler(event: unknown): Promise<void> {
  const task = Task.parse(event);
  if ('groupId' in task) {
    const end = await bySystem(platform, (ctx) => countStorage(ctx, task));
    platform.log.info('measure', { groupId: task.groupId, end });
    return;
  }
  const end = await bySystem(platform, (ctx) => packInBackground(ctx, task));
  platform.log.info('pack', { key: task.key, type: task.type, end });
}
