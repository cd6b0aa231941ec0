/** What the operator of a stack does over the API: makes the first account, and tokens for workers. */
import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { AwsSession } from './aws-session.ts';
import type { Credentials } from './sample/credentials.ts';

type Stack = Pick<AwsSession, 'url' | 'deployment'>;

const INVITATION = /"invitation":"(asi_[A-Za-z0-9_-]+)"/;
const Refusal = z.object({ error: z.string() });
const WorkerToken = z.object({ token: z.string() });

const post = (url: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/**
 * Makes the first user by the invitation in the output `FirstAdmin`; `undefined` when it was used,
 * which is so from the second start on.
 */
export async function createFirstAdministrator(
  { url, deployment }: Stack,
  username: string,
): Promise<{ readonly password: string } | undefined> {
  const [, invitation] = INVITATION.exec(deployment.outputs.FirstAdmin) ?? [];
  if (invitation === undefined) throw new Error('The stack invites no first administrator.');
  const password = randomBytes(18).toString('base64url');
  const email = `${username}@localhost`;
  const account = { username, email, password, confirmPassword: password, invitation };
  const answer = await post(`${url}/api/v1/users`, account);
  if (answer.ok) return { password };
  const refusal = Refusal.safeParse(await answer.json().catch(() => undefined));
  if (refusal.data?.error === 'UserInvitationInvalidError') return undefined;
  throw new Error(`The first administrator could not be made: ${answer.status}.`);
}

/** A token for workers of a pool, good for thirty days. */
export async function requestWorkerToken(
  url: string,
  { username, password }: Credentials,
  pool: string,
): Promise<string> {
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const headers = { authorization: `Basic ${basic}` };
  const answer = await post(
    `${url}/api/v1/workerTokens`,
    { pool, name: 'beside the stack' },
    headers,
  );
  if (!answer.ok) throw new Error(`There is no token for the worker: ${answer.status}.`);
  return WorkerToken.parse(await answer.json()).token;
}
