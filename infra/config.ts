import * as z from 'zod';

/** Names that AWS and the item keys both accept. */
const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 of a-z, 0-9 and -, starting with a letter');

const Pool = z.strictObject({ name: Name });

const positive = z.coerce.number().int().positive();

/** Everything that a deployment may choose; `-c key=value` or the `context` of cdk.json. */
export const Config = z.strictObject({
  /** One deployment of many in an account; `prod` also refuses to delete its table. */
  stage: Name.default('dev'),
  /** Whether people may make an account by themselves. */
  registration: z.enum(['open', 'closed']).default('closed'),
  /** Worker pools; a queue without a pool of its name goes to `default`. */
  pools: z
    .array(Pool)
    .max(20)
    .refine((pools) => pools.some(({ name }) => name === 'default'), 'needs a pool named "default"')
    .refine(
      (pools) => new Set(pools.map(({ name }) => name)).size === pools.length,
      'names a pool twice',
    )
    .default([{ name: 'default' }]),
  /** Days that access logs and function logs stay. */
  logDays: z.coerce
    .number()
    .refine(
      (days) => [1, 3, 5, 7, 14, 30, 60, 90, 180, 365].includes(days),
      'must be 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365',
    )
    .default(30),
  /** Requests a second (and twice that in a burst) that the HTTP API lets through. */
  requestsPerSecond: positive.max(10_000).default(500),
});
export type Config = z.infer<typeof Config>;

/**
 * Reads the configuration from CDK context. On the command line a list is JSON text:
 * `-c 'pools=[{"name":"default"},{"name":"gpu"}]'`.
 */
export function readConfig(context: (key: string) => unknown): Config {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(Config.shape)) {
    const value = context(key);
    if (value !== undefined) given[key] = key === 'pools' ? fromJson(value) : value;
  }
  const parsed = Config.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`The CDK context is not valid:\n${z.prettifyError(parsed.error)}`);
}

function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
