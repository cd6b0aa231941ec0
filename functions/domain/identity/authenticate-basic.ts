import { createHmac, randomBytes } from 'node:crypto';
import type { Actor, Platform } from '#kernel/context.ts';
import { actorOf, badCredentials, isServiceToken, readServiceCredential } from './authenticate.ts';
import { findUserId, type LoadedUser, loadUser, reloadUser, userActor } from './load-user.ts';
import { tryPassword } from './password-tries.ts';

/** Keys of verified passwords are useless outside this process. */
const processKey = randomBytes(32);
const VERIFIED_PASSWORD_SECONDS = 300;
/** No account has this number. */
const NOBODY = 0;

/**
 * Whether the password is the user's, remembered for five minutes. Many who ask the same at the
 * same time wait for one answer, so that they count as one try and cost one hash.
 */
async function isPassword(
  platform: Platform,
  username: string,
  loaded: LoadedUser | undefined,
  password: string,
): Promise<boolean> {
  const { id = NOBODY, credentialVersion = 0, passwordHash } = loaded?.user ?? {};
  const question = `password:${createHmac('sha256', processKey)
    .update(`${id}\0${id === NOBODY ? username : credentialVersion}\0${password}`)
    .digest('base64url')}`;
  const known = platform.cache.get<Promise<boolean>>(question);
  if (known !== undefined) return known;
  const answer = tryPassword(platform, username, passwordHash, password);
  platform.cache.set(question, answer, VERIFIED_PASSWORD_SECONDS);
  const isRight = await answer.finally(() => platform.cache.delete(question));
  if (isRight) platform.cache.set(question, answer, VERIFIED_PASSWORD_SECONDS);
  return isRight;
}

/**
 * The user with this name and password, as it is now: a session begins with it. Does as much for unknown
 * names. Throws `unauthenticated`, `too_many_requests`.
 */
export async function verifyUserPassword(
  platform: Platform,
  username: string,
  password: string,
  load = reloadUser,
): Promise<LoadedUser> {
  const userId = (await findUserId(platform, username)) ?? NOBODY;
  const loaded = await load(platform, userId);
  const isRight = await isPassword(platform, username, loaded, password);
  if (isRight && loaded !== undefined && loaded.user.passwordExpiresOn > platform.clock.now()) {
    return loaded;
  }
  if (load === reloadUser) throw badCredentials();
  // Perhaps another process changed the password a moment ago.
  const { user } = (await reloadUser(platform, userId)) ?? {};
  if (user?.credentialVersion === loaded?.user.credentialVersion) throw badCredentials();
  return verifyUserPassword(platform, username, password);
}

/** Basic credentials. Throws `unauthenticated`, `too_many_requests`. */
export async function authenticateBasic(
  platform: Platform,
  username: string,
  password: string,
): Promise<Actor> {
  if (!isServiceToken(password)) {
    return userActor(await verifyUserPassword(platform, username, password, loadUser));
  }
  const { credential, loaded } = await readServiceCredential(platform, username, password);
  return actorOf({ credential, loaded });
}
