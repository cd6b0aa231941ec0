import { authenticateBasic, authenticateToken, startSession } from '#domain/identity/index.ts';
import {
  authenticateJob,
  authenticateWorker,
  isJobToken,
  isWorkerToken,
  startJobSession,
} from '#domain/jobs/index.ts';
import type { Credential } from '#http/credentials.ts';
import type { Actor, Platform } from '#kernel/context.ts';
import type { SignIn } from '#surfaces/dioptra/identity/auth-routes.ts';

const JOB_USER = /^job-[1-9][0-9]*$/;

/** Whoever a token of any kind stands for. */
function byToken(platform: Platform, token: string): Promise<Actor> {
  if (isJobToken(token)) return authenticateJob(platform, token);
  if (isWorkerToken(token)) return authenticateWorker(platform, token);
  return authenticateToken(platform, token);
}

/** Whoever sends a request; throws `unauthenticated` when what it shows is wrong. */
export async function authenticate(platform: Platform, credential: Credential): Promise<Actor> {
  if (credential.kind === 'none') return { kind: 'anonymous' };
  if (credential.kind !== 'basic') return byToken(platform, credential.token);
  const { username, password } = credential;
  if (JOB_USER.test(username) && isJobToken(password)) return authenticateJob(platform, password);
  return authenticateBasic(platform, username, password);
}

/** Signs people in by password and jobs by their token. */
export const signIn: SignIn = async (platform, input) =>
  JOB_USER.test(input.username) && isJobToken(input.password)
    ? startJobSession(platform, input)
    : startSession(platform, input);
