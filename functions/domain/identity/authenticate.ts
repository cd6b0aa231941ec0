import { createHmac, randomBytes } from 'node:crypto';
import type { Actor, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import {
  type CredentialRow,
  hashToken,
  identityKeys,
  readCredentialRow,
} from './identity.items.ts';
import { findUserId, type LoadedUser, loadUser, userActor } from './load-user.ts';
import { dummyVerify, verifyPassword } from './password.ts';
import { CREDENTIAL_CACHE_SECONDS } from './schemas.ts';

/** One text for every cause, so that nobody learns which names exist. */
export const badCredentials = (): AppError =>
  new AppError('unauthenticated', 'The credentials are wrong, expired or revoked.', {
    reason: 'bad_credentials',
  });

/** Keys of verified passwords are useless outside this process. */
const processKey = randomBytes(32);
const VERIFIED_PASSWORD_SECONDS = 300;

/** Session tokens are `ses_<user id>_<secret>`, personal tokens `asy_<user id>_<secret>`. */
export function tokenUserId(token: string): number | undefined {
  const match = /^(?:ses|asy)_([1-9][0-9]{0,14})_[A-Za-z0-9_-]{20,100}$/.exec(token);
  return match === null ? undefined : Number(match[1]);
}

/**
 * Whoever a session or personal token stands for. Token and user are read in parallel and kept
 * for 5 seconds, so a revocation holds within that time. Throws `unauthenticated`.
 */
export async function authenticateToken(platform: Platform, token: string): Promise<Actor> {
  const userId = tokenUserId(token);
  if (userId === undefined) throw badCredentials();
  const hash = hashToken(token);
  const cacheKey = `credential:${hash}`;
  const cached = platform.cache.get<CredentialRow>(cacheKey);
  const [credential, loaded] = await Promise.all([
    cached ??
      platform.table
        .get(identityKeys.credential(hash))
        .then((item) => (item === undefined ? undefined : readCredentialRow(item))),
    loadUser(platform, userId),
  ]);
  if (credential === undefined || loaded === undefined) throw badCredentials();
  const current =
    credential.userId === userId &&
    credential.credentialVersion === loaded.user.credentialVersion &&
    credential.expiresOn > platform.clock.now();
  if (!current) throw badCredentials();
  // Not again for a cached one: constant use would keep a revoked credential alive.
  if (cached === undefined) platform.cache.set(cacheKey, credential, CREDENTIAL_CACHE_SECONDS);
  const { kind, tokenId, scopes } = credential;
  return userActor(loaded, {
    ...(scopes === undefined ? {} : { scopes }),
    ...(kind === 'token' ? { tokenId } : {}),
  });
}

/** The user with this name and password. Takes as long for unknown names. Throws `unauthenticated`. */
export async function verifyUserPassword(
  platform: Platform,
  username: string,
  password: string,
): Promise<LoadedUser> {
  const userId = await findUserId(platform, username);
  const loaded = userId === undefined ? undefined : await loadUser(platform, userId);
  if (loaded === undefined) {
    await dummyVerify(password, { logN: platform.settings.passwordLogN });
    throw badCredentials();
  }
  const verified = `password:${createHmac('sha256', processKey)
    .update(`${loaded.user.id}\0${loaded.user.credentialVersion}\0${password}`)
    .digest('base64url')}`;
  if (platform.cache.get<true>(verified) === undefined) {
    if (!(await verifyPassword(password, loaded.user.passwordHash))) throw badCredentials();
    platform.cache.set(verified, true, VERIFIED_PASSWORD_SECONDS);
  }
  if (loaded.user.passwordExpiresOn <= platform.clock.now()) throw badCredentials();
  return loaded;
}

/** Basic credentials. Throws `unauthenticated`. */
export async function authenticateBasic(
  platform: Platform,
  username: string,
  password: string,
): Promise<Actor> {
  return userActor(await verifyUserPassword(platform, username, password));
}
