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
import { ENGINE_SHARE, ResultsEnv, ResultsEvent } from './results-env.ts';

/** The one folder of a function that can be written; what is left in it is of an earlier start. */
const FOLDER = join(tmpdir(), 'assay');
/** Of its disk, for inputs and for what does not fit in memory, each; the file that is made needs some, too. */
const DISK_MB = 2_560;
const QUESTION_MS = 240_000;

const env = readEnv(ResultsEnv, process.env);
const platform = lambdaPlatform(env);
const bounds = {
  blobs: platform.blobs,
  memoryMb: Math.floor(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * ENGINE_SHARE),
  threads: 2,
  diskMb: DISK_MB,
};
const parquet = openParquet({ ...bounds, folder: FOLDER });
const warehouse = openDuckWarehouse({
  ...bounds,
  folder: join(FOLDER, 'ask'),
  timeoutMs: QUESTION_MS,
});

type Report = { readonly [what: string]: number };

const tasks: { readonly [name in ResultsEvent['task']]: (ctx: Context) => Promise<Report> } = {
  'compact-events': async (ctx) => ({ ...(await compactEvents(ctx, parquet)) }),
  recalculate: async (ctx) => ({
    recalculated: await runRecalculations({ ...ctx, warehouse }),
  }),
};

/** Does what needs DuckDB and more time than an answer has. */
export async function handler(event: unknown): Promise<void> {
  const { task } = ResultsEvent.parse(event);
  const report = await bySystem(platform, tasks[task]);
  platform.log.info(task, report);
}
