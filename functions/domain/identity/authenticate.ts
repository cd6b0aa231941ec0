import type { Actor, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import {
  type CredentialRow,
  hashToken,
  identityKeys,
  readCredentialRow,
} from './identity.items.ts';
import { type LoadedUser, loadUser, reloadUser, userActor } from './load-user.ts';
import { CREDENTIAL_CACHE_SECONDS } from './schemas.ts';

/** One text for every cause, so that nobody learns which names exist. */
export const badCredentials = (): AppError =>
  new AppError('unauthenticated', 'The credentials are wrong, expired or revoked.', {
    reason: 'bad_credentials',
  });

/**
 * Session tokens are `ses_<user id>_<secret>`, personal tokens `asy_…` (or `phx_…`, as PostHog's are),
 * those of service accounts `asv_…`.
 */
function tokenUserId(token: string): number | undefined {
  const match = /^(?:ses|asy|phx|asv)_([1-9][0-9]{0,14})_[A-Za-z0-9_-]{20,100}$/.exec(token);
  return match === null ? undefined : Number(match[1]);
}

/** Whether a text claims to be the token of a service account, which is its password, too. */
export const isServiceToken = (text: string): boolean => text.startsWith('asv_');

/**
 * A session or token with its user, read in parallel and kept for 5 seconds, so that a
 * revocation holds within that time. Throws `unauthenticated`.
 */
export async function readCredentialOf(
  platform: Platform,
  token: string,
): Promise<{ readonly credential: CredentialRow; readonly loaded: LoadedUser }> {
  const userId = tokenUserId(token);
  if (userId === undefined) throw badCredentials();
  const hash = hashToken(token);
  const cacheKey = `credential:${hash}`;
  const cached = platform.cache.get<CredentialRow>(cacheKey);
  const [credential, known] = await Promise.all([
    cached ??
      platform.table
        .get(identityKeys.credential(hash))
        .then((item) => (item === undefined ? undefined : readCredentialRow(item))),
    loadUser(platform, userId),
  ]);
  if (credential === undefined) throw badCredentials();
  const isOlder =
    known !== undefined && known.user.credentialVersion < credential.credentialVersion;
  const loaded = isOlder ? await reloadUser(platform, userId) : known;
  if (loaded === undefined) throw badCredentials();
  const current =
    credential.userId === userId &&
    credential.credentialVersion === loaded.user.credentialVersion &&
    credential.expiresOn > platform.clock.now();
  if (!current) throw badCredentials();
  // Not again for a cached one: constant use would keep a revoked credential alive.
  if (cached === undefined) platform.cache.set(cacheKey, credential, CREDENTIAL_CACHE_SECONDS);
  return { credential, loaded };
}

/** The user as the credential lets it act. */
export function actorOf({
  credential,
  loaded,
}: Awaited<ReturnType<typeof readCredentialOf>>): Actor {
  const { kind, tokenId, scopes } = credential;
  return userActor(loaded, {
    ...(scopes === undefined ? {} : { scopes }),
    ...(kind === 'token' ? { tokenId } : {}),
  });
}

/** Whoever a session or token stands for. Throws `unauthenticated`. */
export async function authenticateToken(platform: Platform, token: string): Promise<Actor> {
  const { credential, loaded } = await readCredentialOf(platform, token);
  return actorOf({ credential, loaded });
}

/** The same for a service account that gives its name with its token. */
export async function readServiceCredential(platform: Platform, username: string, token: string) {
  const found = await readCredentialOf(platform, token);
  const { service, username: name } = found.loaded.user;
  if (service === undefined || name !== username) throw badCredentials();
  return found;
}
