import * as z from 'zod';
import { FAULT_POINTS } from '#worker/faults.ts';

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** What the worker's container reads from its environment; the task definition writes the same names. */
export const WorkerEnv = z
  .object({
    /** Base URL of the API, with a gateway's stage when it has one. */
    API_URL: z.url({ protocol: /^https?$/ }),
    /** The pool's token, or the file that holds it. */
    WORKER_TOKEN: z.string().min(1).optional(),
    WORKER_TOKEN_FILE: z.string().min(1).optional(),
    POOL: z.string().min(1).max(100),
    /** Tells this worker from others in logs and claims; made up when missing. */
    WORKER_NAME: z.string().min(1).max(150).optional(),
    /** What says that there is work: a queue in SQS, long polls of the API, or the embedded queue. */
    WAKE: z.enum(['sqs', 'poll', 'embedded']).default('poll'),
    QUEUE_URL: z.url().optional(),
    /** The embedded queue's SQLite file. */
    EMBEDDED_MESSAGES: z.string().min(1).optional(),
    WORK_DIR: z.string().min(1),
    /** The Python of the pool's environment: the interpreter, or the environment's folder. */
    PYTHON: z.string().min(1),
    CONCURRENCY: whole(1, 64).default(1),
    /** Ends after so many seconds without work; without it, never. */
    IDLE_SECONDS: whole(1, 86_400).optional(),
    /** After so many seconds it takes nothing new, and ends with what it runs; without it, never. */
    LIFE_SECONDS: whole(1, 30 * 86_400).optional(),
    /** Between SIGTERM and the end; below the container's stop timeout. */
    DRAIN_SECONDS: whole(1, 3_600).default(90),
    /** First of 50,001 user ids for jobs, a fresh one for each, and their warden; needs root and setpriv. */
    JOB_UID_BASE: whole(1_000, 2_000_000_000).optional(),
    /** Touched every few seconds, for a health check. */
    ALIVE_FILE: z.string().min(1).optional(),
    PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
    /** For tests: where the process kills itself. */
    ASSAY_FAULT_POINT: z.enum(FAULT_POINTS).optional(),
  })
  .check((context) => {
    const { WORKER_TOKEN, WORKER_TOKEN_FILE, WAKE, QUEUE_URL, EMBEDDED_MESSAGES } = context.value;
    const miss = (name: string, why: string) =>
      context.issues.push({ code: 'custom', input: undefined, path: [name], message: why });
    if (WORKER_TOKEN === undefined && WORKER_TOKEN_FILE === undefined) {
      miss('WORKER_TOKEN', 'is needed, or WORKER_TOKEN_FILE');
    }
    if (WAKE === 'sqs' && QUEUE_URL === undefined) miss('QUEUE_URL', 'is needed with WAKE=sqs');
    if (WAKE === 'embedded' && EMBEDDED_MESSAGES === undefined) {
      miss('EMBEDDED_MESSAGES', 'is needed with WAKE=embedded');
    }
  });
export type WorkerEnv = z.infer<typeof WorkerEnv>;
