import type { Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import { any, compare, missing, put, remove, update } from '#kernel/table.ts';
import { hashToken } from './identity.items.ts';
import { dummyVerify, verifyPassword } from './password.ts';

/** So many wrong passwords cost nothing; each later one doubles the time until the next try. */
const FREE_TRIES = 20;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGOTTEN_AFTER_MS = 86_400_000;

/** By a hash, so that a password typed in the place of a name is not kept. */
const triesKey = (username: string) => key(`${prefix.tries}#${hashToken(username)}`, 'TRIES');

const waitAfter = (tries: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** Math.min(tries - FREE_TRIES, 20), LONGEST_WAIT_MS);

const tooMany = (waitMs: number): AppError =>
  new AppError('too_many_requests', 'Too many wrong passwords for this name; wait and try again.', {
    reason: 'too_many_tries',
    retryAfter: Math.max(1, Math.ceil(waitMs / 1000)),
  });

/**
 * Counts a try before its password is looked at, so that no number of them at once is one too
 * many. Throws `too_many_requests`, whatever the password is.
 */
async function countTry(platform: Platform, username: string): Promise<void> {
  const row = triesKey(username);
  const now = platform.clock.now();
  const ttl = ttlOf(now);
  const free = any(missing('tries'), compare('tries', '<', FREE_TRIES));
  const outcome = await platform.table.write(
    update(row, { add: { tries: 1 }, set: { until: now, ttl } }, free),
  );
  if (outcome.ok) return;
  const before = { tries: FREE_TRIES, until: now, ...outcome.item } as {
    tries: number;
    until: number;
  };
  if (before.until > now) throw tooMany(before.until - now);
  const tries = before.until + FORGOTTEN_AFTER_MS <= now ? 1 : before.tries + 1;
  const until = tries <= FREE_TRIES ? now : now + waitAfter(tries);
  const mine = await platform.table.write(
    put({ ...row, tries, until, ttl: ttlOf(until) }, compare('tries', '=', before.tries)),
  );
  if (!mine.ok) throw tooMany(FIRST_WAIT_MS);
}

/**
 * Whether the password is the one behind `stored`, and as long a wait where nothing is stored.
 * Wrong ones are counted under the name; throws `too_many_requests` when there were too many.
 */
export async function tryPassword(
  platform: Platform,
  username: string,
  stored: string | undefined,
  password: string,
): Promise<boolean> {
  await countTry(platform, username);
  const cost = { logN: platform.settings.passwordLogN };
  if (stored === undefined) return dummyVerify(password, cost);
  const isRight = await verifyPassword(password, stored);
  if (isRight) await platform.table.write(remove(triesKey(username)));
  return isRight;
}
