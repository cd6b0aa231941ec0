import { type Context, requireUser } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { compare, update } from '#kernel/table.ts';
import { identityKeys } from './identity.items.ts';
import { forgetUser, loadUser } from './load-user.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { PASSWORD_LIFE_MS } from './schemas.ts';

const refused = (message: string): AppError =>
  new AppError('forbidden', message, { reason: 'password_change' });

/** Changes the caller's password and ends all its sessions and tokens, this one too. */
export async function changePassword(
  ctx: Context,
  input: { readonly oldPassword: string; readonly newPassword: string },
): Promise<void> {
  const { userId } = requireUser(ctx);
  const loaded = await loadUser(ctx, userId);
  if (
    loaded === undefined ||
    !(await verifyPassword(input.oldPassword, loaded.user.passwordHash))
  ) {
    throw refused('The current password is wrong.');
  }
  if (input.oldPassword === input.newPassword) {
    throw refused('The new password must differ from the current one.');
  }
  const now = ctx.clock.now();
  const outcome = await ctx.table.write(
    update(
      identityKeys.user(userId),
      {
        set: {
          passwordHash: await hashPassword(input.newPassword, {
            logN: ctx.settings.passwordLogN,
          }),
          passwordExpiresOn: now + PASSWORD_LIFE_MS,
          modifiedOn: now,
        },
        add: { credentialVersion: 1 },
      },
      compare('credentialVersion', '=', loaded.user.credentialVersion),
    ),
  );
  forgetUser(ctx, userId);
  if (!outcome.ok) throw refused('The password was changed meanwhile.');
}
