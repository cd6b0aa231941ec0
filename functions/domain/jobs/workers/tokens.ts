import {
  badCredentials,
  CREDENTIAL_CACHE_SECONDS,
  hashToken,
  MEMBER_FLAGS,
  usernamesOf,
} from '#domain/identity/index.ts';
import { resourceKeys } from '#domain/resources/index.ts';
import { type Actor, type Context, type Platform, requireSystem } from '#kernel/context.ts';
import { type AppError, unavailable } from '#kernel/errors.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import { put } from '#kernel/table.ts';
import { type Job, readJob } from '../job.ts';

const JOB_TOKEN = /^asj_([1-9][0-9]{0,14})_([1-9][0-9]{0,8})_[A-Za-z0-9_-]{20,100}$/;
const WORKER_TOKEN = /^asw_[A-Za-z0-9_.-]{1,100}_[A-Za-z0-9_-]{20,100}$/;

/** The text of a new token for one attempt of a job; the row keeps its hash. */
export const newJobToken = (ctx: Pick<Context, 'ids'>, jobId: number, attempt: number): string =>
  `asj_${jobId}_${attempt}_${ctx.ids.secret()}`;

export const workerTokenKey = (hash: string) => key(`${prefix.workerToken}#${hash}`, 'WTK');
const workerCacheKey = (hash: string): string => `worker:${hash}`;

/** Has this process ask the table for a token again. */
export const forgetWorker = ({ cache }: Pick<Platform, 'cache'>, hash: string): void =>
  cache.delete(workerCacheKey(hash));

export interface NewWorkerToken {
  readonly pool: string;
  readonly seconds: number;
  /** The task that it is made for; its worker hands it in at its end. */
  readonly task?: string;
  /** How administrators find it in their list. */
  readonly listed?: { readonly id: string; readonly name: string; readonly createdOn: number };
}

/** Partition of the index with the tokens that administrators see. */
export const listedTokens = `${prefix.workerToken}#TOKENS`;

/** Makes a token for workers of a pool; its text is returned this once. */
export async function createWorkerToken(ctx: Context, input: NewWorkerToken): Promise<string> {
  requireSystem(ctx);
  const { listed } = input;
  const token = `asw_${input.pool}_${ctx.ids.secret()}`;
  const expiresOn = ctx.clock.now() + input.seconds * 1000;
  await ctx.table.write(
    put({
      ...workerTokenKey(hashToken(token)),
      pool: input.pool,
      task: input.task,
      expiresOn,
      ttl: ttlOf(expiresOn),
      ...(listed === undefined
        ? {}
        : { ...listed, gsi1pk: listedTokens, gsi1sk: `${listed.createdOn}#${listed.id}` }),
    }),
  );
  return token;
}

/** The worker that a token stands for; throws `unauthenticated`. */
export async function authenticateWorker(platform: Platform, token: string): Promise<Actor> {
  if (!WORKER_TOKEN.test(token)) throw badCredentials();
  const tokenHash = hashToken(token);
  const cacheKey = workerCacheKey(tokenHash);
  const cached = platform.cache.get<Actor>(cacheKey);
  if (cached !== undefined) return cached;
  const row = await platform.table.get(workerTokenKey(tokenHash));
  if (row === undefined || (row.expiresOn as number) <= platform.clock.now())
    throw badCredentials();
  const actor: Actor = { kind: 'worker', pool: row.pool as string, tokenHash };
  platform.cache.set(cacheKey, actor, CREDENTIAL_CACHE_SECONDS);
  return actor;
}

/**
 * The child of the attempt that a token was made for, while its lease lasts. Throws `unavailable` while that
 * has run out and may still be renewed, since its worker and the API found each other late, and
 * `unauthenticated` once the attempt has ended.
 */
export async function authenticateJob(platform: Platform, token: string): Promise<Actor> {
  const match = JOB_TOKEN.exec(token);
  if (match === null) throw badCredentials();
  const hash = hashToken(token);
  const cached = platform.cache.get<Actor>(`job:${hash}`);
  if (cached !== undefined) return cached;
  const item = await platform.table.get(resourceKeys.current(Number(match[1])));
  if (item === undefined || item.type !== 'job' || item.tokenHash !== hash) throw badCredentials();
  const job = await readJob(platform, item);
  if (job.state !== 'started' || job.attempt !== Number(match[2])) throw badCredentials();
  if ((job.leaseUntil ?? 0) <= platform.clock.now()) throw lapsed();
  const actor = await jobActor(platform, job);
  platform.cache.set(`job:${hash}`, actor, CREDENTIAL_CACHE_SECONDS);
  return actor;
}

const lapsed = (): AppError =>
  unavailable('The lease of the job ran out. Its worker may renew it: try again in a moment.');

async function jobActor(platform: Platform, job: Job): Promise<Actor> {
  const { submittedBy: submitter } = job;
  const names = await usernamesOf(platform, [submitter]);
  const membership = { groupId: job.groupId, groupName: job.groupName, flags: MEMBER_FLAGS };
  return {
    kind: 'job',
    jobId: job.id,
    attempt: job.attempt,
    userId: submitter,
    username: names.get(submitter) ?? '',
    experimentId: job.data.experiment.id,
    runId: job.runId ?? '',
    memberships: new Map([[job.groupId, membership]]),
  };
}

/** `/auth/login` of a job's child: its token is its session. */
export async function startJobSession(
  platform: Platform,
  input: { readonly username: string; readonly password: string },
): Promise<{ readonly username: string; readonly token: string; readonly lifeSeconds: number }> {
  const actor = await authenticateJob(platform, input.password);
  if (actor.kind !== 'job' || input.username !== `job-${actor.jobId}`) throw badCredentials();
  return { username: input.username, token: input.password, lifeSeconds: 86_400 };
}
