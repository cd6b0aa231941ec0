import { type Context, type Platform, requireUser } from '#kernel/context.ts';
import { put, remove, update } from '#kernel/table.ts';
import { credentialItem } from './account.items.ts';
import { isServiceToken, readServiceCredential } from './authenticate.ts';
import { verifyUserPassword } from './authenticate-basic.ts';
import { hashToken, identityKeys } from './identity.items.ts';
import { forgetUser } from './load-user.ts';
import { SESSION_LIFE_MS } from './schemas.ts';

interface Session {
  readonly username: string;
  readonly token: string;
  readonly lifeSeconds: number;
}

const isSession = (token: string): boolean => token.startsWith('ses_');

/** Drops the row of a session; a token that was shown as one is not its to end. */
async function dropSession(platform: Platform, token: string): Promise<void> {
  if (!isSession(token)) return;
  const hash = hashToken(token);
  await platform.table.write(remove(identityKeys.credential(hash)));
  platform.cache.delete(`credential:${hash}`);
}

/** The token of a service account is its session, so that it ends with it. */
async function startServiceSession(
  platform: Platform,
  { username, password: token }: { readonly username: string; readonly password: string },
): Promise<Session> {
  const { credential } = await readServiceCredential(platform, username, token);
  const lifeSeconds = Math.floor((credential.expiresOn - platform.clock.now()) / 1000);
  return { username, token, lifeSeconds };
}

/**
 * Signs a user in: a new session token, good for 14 days or until the password changes or it
 * is ended. Anybody may try: this is where permission comes from. The session that the same
 * browser had before ends.
 * Throws `unauthenticated` with one text for every cause, `too_many_requests`.
 */
export async function startSession(
  platform: Platform,
  input: {
    readonly username: string;
    readonly password: string;
    readonly before?: string | undefined;
  },
): Promise<Session> {
  if (isServiceToken(input.password)) return startServiceSession(platform, input);
  const { user } = await verifyUserPassword(platform, input.username, input.password);
  const token = `ses_${user.id}_${platform.ids.secret()}`;
  const now = platform.clock.now();
  const row = {
    kind: 'session',
    tokenId: platform.ids.uuid(),
    userId: user.id,
    credentialVersion: user.credentialVersion,
    createdOn: now,
    expiresOn: now + SESSION_LIFE_MS,
  } as const;
  await Promise.all([
    platform.table.write(put(credentialItem(hashToken(token), row))),
    platform.table.write(update(identityKeys.user(user.id), { set: { lastLoginOn: now } })),
    input.before === undefined ? undefined : dropSession(platform, input.before),
  ]);
  return { username: user.username, token, lifeSeconds: SESSION_LIFE_MS / 1000 };
}

/** Ends the session of `token`, or with `everywhere` every session and token of the user. */
export async function endSession(
  ctx: Context,
  input: { readonly token: string | undefined; readonly everywhere: boolean },
): Promise<{ readonly username: string }> {
  const { userId, username } = requireUser(ctx);
  if (input.token !== undefined) await dropSession(ctx, input.token);
  if (input.everywhere) {
    await ctx.table.write(update(identityKeys.user(userId), { add: { credentialVersion: 1 } }));
    forgetUser(ctx, userId);
  }
  return { username };
}
