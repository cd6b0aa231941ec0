import * as z from 'zod';
import { Registration } from '../functions/entry/env.ts';
import { Image, type ManagedPoolConfig, Name, Pools } from './pools.ts';

const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 180, 365];
/** Lower case, with a dot. */
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const positive = z.coerce.number().int().positive();

/** On the command line everything is text. */
const Flag = z.preprocess(
  (value) => (typeof value === 'boolean' ? String(value) : value),
  z.stringbool({ error: 'must be true or false' }),
);

/** Everything that a deployment may choose; `-c key=value` or the `context` of cdk.json. */
export const Config = z
  .strictObject({
    /** One deployment of many in an account; `prod` also refuses to delete its table. */
    stage: Name.default('dev'),
    /**
     * Whether table and bucket stay when the stack goes. `false` (not in `prod`) deletes them with
     * it; a bucket only goes when it is empty. Nothing here empties it: a function that may delete
     * every object would be in the stack all its life for the one moment of its end.
     */
    retain: Flag.default(true),
    /** Who may make an account: anybody, who has an invitation, or nobody but administrators for others. */
    registration: Registration.default('closed'),
    /** Any word; a new one makes a new invitation for an administrator, in the output FirstAdmin. */
    firstAdmin: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 of letters, digits, _, . and -')
      .default('1'),
    /** Hosts whose public git repositories users may import, by name alone. */
    gitHosts: z
      .array(z.string().regex(HOST_NAME, { error: 'must be a host name such as github.com' }))
      .max(50)
      .default([]),
    /** Worker pools (infra/pools.ts). */
    pools: Pools,
    /** A ready image of the worker, for every pool that names no other. */
    workerImage: Image.optional(),
    /** Where the worker's image is made: by Docker on the machine that deploys, or in the account. */
    buildImage: z.enum(['docker', 'codebuild']).default('docker'),
    /** Host name of the API, with the ARN of a certificate for it in the same region. */
    domain: z
      .string()
      .regex(HOST_NAME, { error: 'must be a host name such as assay.example.org' })
      .optional(),
    certificate: z
      .string()
      .regex(/^arn:aws[\w-]*:acm:[\w-]+:\d{12}:certificate\/[\w-]+$/, {
        error: 'must be the ARN of a certificate: arn:aws:acm:<region>:<account>:certificate/<id>',
      })
      .optional(),
    /** Where else the dashboard is shown, by a proxy in front of the API: its pages may read artifacts, too. */
    pageOrigins: z
      .array(
        z.string().regex(/^https?:\/\/[a-z0-9.-]{1,253}(:(\d{1,5}|\*))?$/, {
          error: 'must be an origin such as https://assay.example.org',
        }),
      )
      .max(20)
      .default([]),
    /** Instances of the API function that are kept warm; each costs some $9 a month. */
    provisioned: z.coerce.number().int().min(0).max(1000).default(0),
    /** Who is told about alarms; alarms without it only show in the console. */
    alarmsEmail: z.email().optional(),
    /** A dashboard; the first three of an account are free. */
    dashboard: Flag.default(false),
    /** Days that access logs and function logs stay. */
    logDays: z.coerce
      .number()
      .refine((days) => LOG_DAYS.includes(days), `must be one of ${LOG_DAYS.join(', ')}`)
      .default(30),
    /** Requests a second (and twice that in a burst) that the HTTP API lets through. */
    requestsPerSecond: positive.max(10_000).default(500),
  })
  .check(({ value, issues }) => {
    const refuse = (path: PropertyKey[], message: string) =>
      issues.push({ code: 'custom', input: value, path, message });
    if (value.stage === 'prod' && !value.retain) {
      refuse(['retain'], 'must be true in the stage "prod"; its data outlives the stack');
    }
    if ((value.domain === undefined) !== (value.certificate === undefined)) {
      const missing = value.domain === undefined ? 'domain' : 'certificate';
      refuse([missing], 'is needed: domain and certificate go together');
    }
    if (value.workerImage !== undefined && value.buildImage === 'codebuild') {
      refuse(['buildImage'], 'has nothing to build: workerImage names a ready image; drop one');
    }
    for (const [index, pool] of value.pools.entries()) {
      if (pool.kind !== 'managed' || pool.requirements === undefined) continue;
      const image = readyImage(value, pool);
      if (image === undefined) continue;
      const message = `cannot be installed into the ready image ${image}; drop the image, or put the packages into it`;
      refuse(['pools', index, 'requirements'], message);
    }
  });
export type Config = z.infer<typeof Config>;

/** The image that somebody made before; without one, the image is built. */
export function readyImage(
  { workerImage }: { readonly workerImage?: string | undefined },
  { image }: Pick<ManagedPoolConfig, 'image'>,
): string | undefined {
  return image ?? workerImage;
}

/**
 * Reads the configuration from CDK context. On the command line a list is JSON text:
 * `-c 'pools=[{"name":"default"},{"name":"gpu","kind":"external"}]'`.
 */
export function readConfig(context: (key: string) => unknown): Config {
  const given: Record<string, unknown> = {};
  for (const key of Object.keys(Config.shape)) {
    const value = context(key);
    if (value !== undefined) given[key] = LISTS.includes(key) ? fromJson(value) : value;
  }
  const parsed = Config.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(`The CDK context is not valid:\n${z.prettifyError(parsed.error)}`);
}

/** What is JSON on the command line. */
const LISTS = ['pools', 'gitHosts', 'pageOrigins'];

function fromJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
