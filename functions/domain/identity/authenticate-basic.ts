import { createHmac, randomBytes } from 'node:crypto';
import type { Actor, Platform } from '#kernel/context.ts';
import { actorOf, badCredentials, isServiceToken, readServiceCredential } from './authenticate.ts';
import { findUserId, type LoadedUser, reloadUser, rememberedUser, userActor } from './load-user.ts';
import { tryPassword } from './password-tries.ts';

/** Keys of verified passwords are useless outside this process. */
const processKey = randomBytes(32);
const VERIFIED_PASSWORD_SECONDS = 300;
/** No account has this number. */
const NOBODY = 0;

/** One password for one version of an account, or for a name that nobody has. */
interface Try {
  readonly username: string;
  readonly loaded: LoadedUser | undefined;
  readonly password: string;
}

function questionOf({ username, loaded, password }: Try): string {
  const { id = NOBODY, credentialVersion = 0 } = loaded?.user ?? {};
  const asked = `${id}\0${id === NOBODY ? username : credentialVersion}\0${password}`;
  return `password:${createHmac('sha256', processKey).update(asked).digest('base64url')}`;
}

/**
 * Whether the password is the user's, remembered for five minutes. Many who ask the same at the
 * same time wait for one answer, so that they count as one try and cost one hash.
 */
async function isPassword(platform: Platform, asked: Try): Promise<boolean> {
  const question = questionOf(asked);
  const known = platform.cache.get<Promise<boolean>>(question);
  if (known !== undefined) return known;
  const { username, loaded, password } = asked;
  const answer = tryPassword(platform, username, loaded?.user.passwordHash, password);
  platform.cache.set(question, answer, VERIFIED_PASSWORD_SECONDS);
  const isRight = await answer.finally(() => platform.cache.delete(question));
  if (isRight) platform.cache.set(question, answer, VERIFIED_PASSWORD_SECONDS);
  return isRight;
}

const isCurrent = ({ user }: LoadedUser, { clock }: Platform): boolean =>
  user.passwordExpiresOn > clock.now();

/**
 * The user with this name and password, as it is now: a session begins with it. Does as much for unknown
 * names. Throws `unauthenticated`, `too_many_requests`.
 */
export async function verifyUserPassword(
  platform: Platform,
  username: string,
  password: string,
): Promise<LoadedUser> {
  const userId = (await findUserId(platform, username)) ?? NOBODY;
  const loaded = await reloadUser(platform, userId);
  const isRight = await isPassword(platform, { username, loaded, password });
  if (!isRight || loaded === undefined || !isCurrent(loaded, platform)) throw badCredentials();
  return loaded;
}

/**
 * The user of a password that was right in the last five minutes and of an account that was read in the
 * last five seconds. All others are asked for anew, known names and unknown ones: what is remembered
 * of an account must not make its refusal quicker.
 */
async function rememberedAs(
  platform: Platform,
  username: string,
  password: string,
): Promise<LoadedUser | undefined> {
  const loaded = rememberedUser(platform, username);
  if (loaded === undefined || !isCurrent(loaded, platform)) return undefined;
  const answer = platform.cache.get<Promise<boolean>>(questionOf({ username, loaded, password }));
  return (await answer) === true ? loaded : undefined;
}

/** Basic credentials. Throws `unauthenticated`, `too_many_requests`. */
export async function authenticateBasic(
  platform: Platform,
  username: string,
  password: string,
): Promise<Actor> {
  if (!isServiceToken(password)) {
    const remembered = await rememberedAs(platform, username, password);
    return userActor(remembered ?? (await verifyUserPassword(platform, username, password)));
  }
  const { credential, loaded } = await readServiceCredential(platform, username, password);
  return actorOf({ credential, loaded });
}
