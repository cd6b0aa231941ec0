import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openDuckWarehouse } from '#duckdb/warehouse.ts';
import { readEnv } from './env.ts';
import { lambdaHandler } from './lambda-handler.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { ENGINE_SHARE, ResultsEnv } from './results-env.ts';

/** Of the disk, for copies of events, and for what does not fit in memory. */
const DISK_MB = 1_536;
/** An answer has thirty seconds; what takes longer is a recalculation in the background. */
const QUESTION_MS = 25_000;

const env = readEnv(ResultsEnv, process.env);
const platform = lambdaPlatform(env);
const warehouse = openDuckWarehouse({
  blobs: platform.blobs,
  folder: join(tmpdir(), 'assay'),
  memoryMb: Math.floor(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE * ENGINE_SHARE),
  threads: 2,
  diskMb: DISK_MB,
  timeoutMs: QUESTION_MS,
});

/** Answers what asks the events of a project: the same API, with DuckDB in it. */
export const handler = lambdaHandler({ ...platform, warehouse });
