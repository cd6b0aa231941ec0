import * as z from 'zod';

/**
 * A worker pool as the functions see it: the queue that wakes it, and where dead letters go. An
 * external pool has neither, its workers ask for jobs.
 */
export const PoolAddress = z.union([
  z.strictObject({ name: z.string().min(1), kind: z.literal('external') }),
  z.strictObject({
    name: z.string().min(1),
    kind: z.literal('managed'),
    queueUrl: z.url(),
    dlqUrl: z.url(),
    /** What an hour of one of its jobs costs. */
    usdPerHour: z.number().nonnegative().optional(),
  }),
]);
export type PoolAddress = z.infer<typeof PoolAddress>;
export type ManagedPool = Extract<PoolAddress, { readonly kind: 'managed' }>;

/** A queue of the platform's own, of which no pool knows. */
const QueueAddress = z.strictObject({
  name: z.string().min(1),
  queueUrl: z.url(),
  dlqUrl: z.url(),
});
export type QueueAddress = z.infer<typeof QueueAddress>;

/** Who may make an account: anybody, who has an invitation, or nobody but administrators for others. */
export const Registration = z.enum(['open', 'invite', 'closed']);

/** A variable that holds JSON. */
export const json = z.string().transform((text, issue): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    issue.addIssue('is not JSON');
    return z.NEVER;
  }
});

/** What the API and the sweeper read from their environment; the template writes the same names. */
export const ApiEnv = z.object({
  TABLE_NAME: z.string().min(1),
  BUCKET_NAME: z.string().min(1),
  STAGE: z.string().min(1),
  REGISTRATION: Registration.default('closed'),
  /** Hosts whose git repositories may be imported. */
  GIT_HOSTS: json.pipe(z.array(z.string().min(1))).default([]),
  POOLS: json.pipe(z.array(PoolAddress).min(1)),
  /** What a GB of files costs. */
  USD_PER_GB_MONTH: json.pipe(z.number().nonnegative()).optional(),
  /** Without one of them, what goes through it is refused. */
  QUEUES: json.pipe(z.array(QueueAddress)).default([]),
  /** Names of the functions that do background work; without managed pools nothing is launched. */
  BACKGROUND: json
    .pipe(
      z.strictObject({
        launch: z.string().min(1).optional(),
        pack: z.string().min(1),
        'store-events': z.string().min(1).optional(),
        'compact-events': z.string().min(1).optional(),
        recalculate: z.string().min(1).optional(),
        measure: z.string().min(1).optional(),
      }),
    )
    .optional(),
  /** Where emulators of AWS listen; never set in an account. */
  AWS_ENDPOINT_URL: z.url().optional(),
});
export type ApiEnv = z.infer<typeof ApiEnv>;

/** Parses the environment once; the error names every variable that is missing or wrong. */
export function readEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new Error(`The environment is incomplete:\n${z.prettifyError(parsed.error)}`);
}
