import * as z from 'zod';

/** How often, from 0 to 1, a call of a store fails in each way. */
export const StoreRates = z.object({
  /** It is done, and nobody learns of it. */
  lost: z.number(),
  throttled: z.number(),
  slow: z.number(),
  /** An index answers as it did up to two seconds ago. */
  stale: z.number(),
});
export type StoreRates = z.infer<typeof StoreRates>;

/** The same for calls of the API, as its callers see them. */
export const CallRates = z.object({
  /** Cut before anything was done. */
  reset: z.number(),
  lost: z.number(),
  /** Cut in the middle of the answer's body. */
  cut: z.number(),
  slow: z.number(),
});
export type CallRates = z.infer<typeof CallRates>;

const Queue = z.object({ queueUrl: z.string(), dlqUrl: z.string() });

/** Where everything is kept. */
export const StoreAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded'), folder: z.string(), secret: z.string() }),
  z.object({
    kind: z.literal('aws'),
    /** The proxy before the emulator, or the emulator. */
    endpoint: z.string(),
    tableName: z.string(),
    bucket: z.string(),
    queues: z.record(z.string(), Queue),
  }),
]);
export type StoreAddress = z.infer<typeof StoreAddress>;

const Lease = z.object({ seconds: z.number(), heartbeatSeconds: z.number() });

/** What a process of the API is told. */
export const ApiOptions = z.object({
  store: StoreAddress,
  port: z.int(),
  pool: z.string(),
  lease: Lease,
  /** Between two sweeps; this process makes none without it. */
  sweepMs: z.number().optional(),
  /** How far its clock is ahead. */
  skewMs: z.number(),
  seed: z.number(),
  rates: StoreRates,
  /** Whether its faults are on from its start. */
  faulty: z.boolean(),
});
export type ApiOptions = z.infer<typeof ApiOptions>;

/** What a worker is told. */
export const WorkerOptions = z.object({
  name: z.string(),
  /** Processes of the API that answer the same. */
  urls: z.array(z.string()),
  token: z.string(),
  pool: z.string(),
  store: StoreAddress,
  folder: z.string(),
  /** Where it writes what it saw. */
  journal: z.string(),
  concurrency: z.int(),
  skewMs: z.number(),
  seed: z.number(),
  calls: CallRates,
  /** How often a message comes twice, and the answer with one gets lost. */
  doubled: z.number(),
  unreceived: z.number(),
  /** How often, at each fault point, the worker is killed, frozen or told to stop. */
  points: z.object({ kill: z.number(), freeze: z.number(), stop: z.number() }),
  drainSeconds: z.number(),
  /** The storm is over. */
  calm: z.boolean(),
});
export type WorkerOptions = z.infer<typeof WorkerOptions>;
