/** What a deployment may say about its worker pools. */
import * as z from 'zod';

/** Names that AWS and the item keys both accept. */
export const Name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be 1 to 20 of a-z, 0-9 and -, starting with a letter');

/** Name of a container image: host, path, tag and digest. */
export const Image = z
  .string()
  .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]{1,128})?(@sha256:[0-9a-f]{64})?$/, {
    error:
      'must be the name of an image, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/assay-worker:1',
  });

const gigabytes = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, i) => (from + i * step) * 1024);

/** Fargate's sizes: the memory (MiB) that goes with so many CPU units, 1024 of which are one vCPU. */
const MEMORY_OF_CPU: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: gigabytes(1, 4),
  1024: gigabytes(2, 8),
  2048: gigabytes(4, 16),
  4096: gigabytes(8, 30),
  8192: gigabytes(16, 60, 4),
  16384: gigabytes(32, 120, 8),
};

const sizesText = (sizes: readonly number[]): string =>
  sizes.length <= 4
    ? sizes.join(', ')
    : `${sizes[0]}, ${sizes[1]}, … ${sizes[sizes.length - 1]} (in steps of ${(sizes[1] ?? 0) - (sizes[0] ?? 0)})`;

/** Workers that this stack runs on Fargate, from zero tasks to `max`. */
const Managed = z
  .strictObject({
    name: Name,
    kind: z.literal('managed'),
    /** A ready image of the worker for this pool alone. */
    image: Image.optional(),
    /** Path of a pip requirements file: the image of this pool gets these packages, too. */
    requirements: z.string().min(1).optional(),
    /** CPU units of a task. */
    cpu: z
      .number()
      .refine((cpu) => Object.hasOwn(MEMORY_OF_CPU, cpu), {
        error: `must be one of ${Object.keys(MEMORY_OF_CPU).join(', ')}`,
        abort: true,
      })
      .default(256),
    /** MiB of a task; the least that goes with its `cpu` unless given. */
    memory: z.number().optional(),
    /** Most tasks at a time. */
    max: z.int().min(1).max(100).default(4),
    /** Spare capacity: up to 70 % cheaper, and taken away at two minutes' notice. */
    spot: z.boolean().default(false),
    arch: z.enum(['arm64', 'x86_64']).default('arm64'),
    /** Jobs that one task runs side by side. */
    concurrency: z.int().min(1).max(64).default(1),
  })
  .transform((pool, issue) => {
    const sizes = MEMORY_OF_CPU[pool.cpu] ?? [];
    const memory = pool.memory ?? sizes[0] ?? 0;
    if (!sizes.includes(memory)) {
      const message = `${memory} does not go with a cpu of ${pool.cpu} on Fargate; use ${sizesText(sizes)}`;
      issue.addIssue({ code: 'custom', path: ['memory'], message });
    }
    return { ...pool, memory };
  });
export type ManagedPoolConfig = z.infer<typeof Managed>;

/** Workers elsewhere, which ask for jobs over HTTPS: the stack has no machine and no queue for them. */
const External = z.strictObject({ name: Name, kind: z.literal('external') });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const Pool = z.preprocess(
  (value) => (isRecord(value) && value.kind === undefined ? { ...value, kind: 'managed' } : value),
  z.discriminatedUnion('kind', [Managed, External]),
);
export type PoolConfig = z.infer<typeof Pool>;

/** All pools of a deployment; a queue without a pool of its name goes to `default`. */
export const Pools = z
  .array(Pool)
  .max(20)
  .refine((pools) => pools.some(({ name }) => name === 'default'), 'needs a pool named "default"')
  .refine(
    (pools) => new Set(pools.map(({ name }) => name)).size === pools.length,
    'names a pool twice',
  )
  .prefault([{ name: 'default' }]);
