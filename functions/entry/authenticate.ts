import { authenticateToken, badCredentials } from '#domain/identity/index.ts';
import { isJobToken, isWorkerToken } from '#domain/jobs/workers/token-kind.ts';
import type { Credential } from '#http/credentials.ts';
import type { Actor, Platform } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { SignIn } from '#surfaces/dioptra/identity/auth-routes.ts';

const JOB_USER = /^job-[1-9][0-9]*$/;

/** Loaded only for those who show such a token, and without what else there is of jobs. */
const jobs = loadOnce(() => import('#domain/jobs/workers/tokens.ts'));

/** What passwords need loads with the first of them; most calls show a session or a token. */
const passwords = loadOnce(() => import('#domain/identity/authenticate-basic.ts'));

const byJobToken = async (platform: Platform, token: string): Promise<Actor> =>
  (await jobs()).authenticateJob(platform, token);

/** Whoever a token of any kind stands for. */
async function byToken(platform: Platform, token: string): Promise<Actor> {
  if (isJobToken(token)) return byJobToken(platform, token);
  if (isWorkerToken(token)) return (await jobs()).authenticateWorker(platform, token);
  return authenticateToken(platform, token);
}

/** Whoever sends a request; throws `unauthenticated` when what it shows is wrong. */
export async function authenticate(platform: Platform, credential: Credential): Promise<Actor> {
  if (credential.kind === 'none') return { kind: 'anonymous' };
  if (credential.kind !== 'basic') return byToken(platform, credential.token);
  const { username, password } = credential;
  if (!JOB_USER.test(username) || !isJobToken(password)) {
    return (await passwords()).authenticateBasic(platform, username, password);
  }
  const actor = await byJobToken(platform, password);
  if (actor.kind === 'job' && username === `job-${actor.jobId}`) return actor;
  throw badCredentials();
}

/** Loaded by those who sign in, not by every call after it. */
const sessions = loadOnce(() => import('#domain/identity/sessions.ts'));

/** Signs people in by password and jobs by their token. */
export const signIn: SignIn = async (platform, input) =>
  JOB_USER.test(input.username) && isJobToken(input.password)
    ? (await jobs()).startJobSession(platform, input)
    : (await sessions()).startSession(platform, input);
