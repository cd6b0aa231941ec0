import { type Credential, readSession } from '#http/credentials.ts';
import type { Actor } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { SAFE } from './headers.ts';

export type Authenticate = (credential: Credential) => Promise<Actor>;

/** Whoever has a session, or a job with a token in its place. */
export type SignedIn = Extract<Actor, { readonly username: string }>;

/**
 * Who has the session that a request shows. A page could not learn that nobody has without a refusal in the
 * browser's log.
 */
export async function signedIn(
  { headers }: Request,
  authenticate: Authenticate,
): Promise<SignedIn | undefined> {
  const token = readSession(headers);
  if (token === undefined) return undefined;
  const actor = await authenticate({ kind: 'session', token }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unauthenticated') return undefined;
    throw error;
  });
  return actor !== undefined && 'username' in actor ? actor : undefined;
}

/** The answer to a page that asks who is signed in: nobody keeps it. */
export const sessionAnswer = (body: object): Response =>
  Response.json(body, { headers: { ...SAFE, 'cache-control': 'no-store' } });
