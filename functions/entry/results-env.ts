import * as z from 'zod';
import { ApiEnv } from './env.ts';

/** Of the memory of a function for DuckDB; the rest is Node's, and for what the engine does not count. */
export const ENGINE_SHARE = 0.6;

/** What a function with DuckDB in it reads from its environment. */
export const ResultsEnv = z.object({
  ...ApiEnv.shape,
  /** Megabytes; AWS sets it. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: z.coerce.number().int().min(512).default(3008),
});

/** What it is started for. */
export const ResultsEvent = z.object({ task: z.enum(['compact-events', 'recalculate']) });
export type ResultsEvent = z.infer<typeof ResultsEvent>;
