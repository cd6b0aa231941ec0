import * as z from 'zod';

/** What the process of the API is told on its command line. */
export const ApiOptions = z.object({
  folder: z.string(),
  port: z.int(),
  pools: z.array(z.string()),
  lease: z.object({ seconds: z.number(), heartbeatSeconds: z.number() }),
  sweepMs: z.number(),
  verbose: z.boolean(),
});
export type ApiOptions = z.infer<typeof ApiOptions>;

/** What a process is told that submits one job and dies. */
export const SubmitOptions = z.object({
  folder: z.string(),
  pools: z.array(z.string()),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
});
export type SubmitOptions = z.infer<typeof SubmitOptions>;

/** The first line that it prints. */
export const ApiReady = z.object({ url: z.string(), tokens: z.array(z.string()) });
export type ApiReady = z.infer<typeof ApiReady>;
