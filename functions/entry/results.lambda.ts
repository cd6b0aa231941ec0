import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { runRecalculations } from '#domain/abtests/results/index.ts';
import { compactEvents } from '#domain/events/index.ts';
import { openParquet } from '#duckdb/parquet.ts';
import { openDuckWarehouse } from '#duckdb/warehouse.ts';
import type { Context } from '#kernel/context.ts';
import { bySystem } from './deferred.ts';
import { readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { ResultsEnv, ResultsEvent } from './results-env.ts';

/** The one folder of a function that can be written; what is left in it is of an earlier start. */
const FOLDER = join(tmpdir(), 'assay');
/** Of its disk, for inputs and for what does not fit in memory, each; the file that is made needs some, too. */
const DISK_MB = 2_560;
/** The rest is Node's, and for what the engine does not count. */
const ENGINE_SHARE = 0.6;
/** The two work one after the other, but neither gives all back that it had. */
const WAREHOUSE_SHARE = 0.35;
const WAREHOUSE_DISK_MB = 1_024;
const QUESTION_MS = 240_000;

const env = readEnv(ResultsEnv, process.env);
const platform = lambdaPlatform(env);
const shareOf = (share: number): number => Math.floor(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * share);
const { blobs } = platform;
const parquet = openParquet({
  ...{ blobs, folder: FOLDER, threads: 2 },
  memoryMb: shareOf(ENGINE_SHARE),
  diskMb: DISK_MB,
});
const warehouse = openDuckWarehouse({
  ...{ blobs, folder: join(FOLDER, 'ask'), threads: 2 },
  memoryMb: shareOf(WAREHOUSE_SHARE),
  diskMb: WAREHOUSE_DISK_MB,
  timeoutMs: QUESTION_MS,
});

type Task = (ctx: Context) => Promise<{ readonly [name: string]: number }>;

const tasks: { readonly [task in ResultsEvent['task']]: Task } = {
  'compact-events': async (ctx) => ({ ...(await compactEvents(ctx, parquet)) }),
  recalculate: async (ctx) => ({ recalculated: await runRecalculations({ ...ctx, warehouse }) }),
};

/** Does what needs DuckDB and more time than an answer has. */
export async function handler(event: unknown): Promise<void> {
  const { task } = ResultsEvent.parse(event);
  const report = await bySystem(platform, tasks[task]);
  platform.log.info(task, report);
}
