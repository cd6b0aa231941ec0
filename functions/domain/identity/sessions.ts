import { type Context, type Platform, requireUser } from '#kernel/context.ts';
import { put, remove, update } from '#kernel/table.ts';
import { verifyUserPassword } from './authenticate.ts';
import { credentialItem, hashToken, identityKeys } from './identity.items.ts';
import { forgetUser } from './load-user.ts';
import { SESSION_LIFE_MS } from './schemas.ts';

/**
 * Signs a user in: a new session token, good for 14 days or until the password changes or it
 * is ended. Anybody may try: this is where permission comes from.
 * Throws `unauthenticated` with one text for every cause.
 */
export async function startSession(
  platform: Platform,
  input: { readonly username: string; readonly password: string },
): Promise<{ readonly username: string; readonly token: string; readonly lifeSeconds: number }> {
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
  ]);
  return { username: user.username, token, lifeSeconds: SESSION_LIFE_MS / 1000 };
}

/** Ends the session of `token`, or with `everywhere` every session and token of the user. */
export async function endSession(
  ctx: Context,
  input: { readonly token: string | undefined; readonly everywhere: boolean },
): Promise<{ readonly username: string }> {
  const { userId, username } = requireUser(ctx);
  if (input.token !== undefined) {
    const hash = hashToken(input.token);
    await ctx.table.write(remove(identityKeys.credential(hash)));
    ctx.cache.delete(`credential:${hash}`);
  }
  if (input.everywhere) {
    await ctx.table.write(update(identityKeys.user(userId), { add: { credentialVersion: 1 } }));
    forgetUser(ctx, userId);
  }
  return { username };
}
