import { type Context, requirePerson } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { all, compare, itemExists, missing, update } from '#kernel/table.ts';
import { identityKeys } from './identity.items.ts';
import { getUser } from './list-users.ts';
import { forgetUser } from './load-user.ts';
import { hashPassword } from './password.ts';
import { tryPassword } from './password-tries.ts';
import { PASSWORD_LIFE_MS } from './schemas.ts';

const refused = (message: string): AppError =>
  new AppError('forbidden', message, { reason: 'password_change' });

export interface PasswordChange {
  readonly oldPassword: string;
  readonly newPassword: string;
  readonly confirmNewPassword: string;
}

/**
 * Changes a password and ends all sessions and tokens of its user. Of somebody else's, whoever
 * knows the old one may: it may have expired, so that its user cannot sign in.
 */
export async function changePassword(
  ctx: Context,
  input: PasswordChange & { readonly userId?: number },
): Promise<void> {
  const self = requirePerson(ctx);
  const { userId = self.userId } = input;
  const user = await getUser(ctx, userId);
  if (!(await tryPassword(ctx, user.username, user.passwordHash, input.oldPassword))) {
    throw refused('The current password is wrong.');
  }
  if (input.newPassword !== input.confirmNewPassword) {
    throw refused('The new password and its confirmation differ.');
  }
  if (input.oldPassword === input.newPassword) {
    throw refused('The new password must differ from the current one.');
  }
  const { passwordLogN: logN } = ctx.settings;
  const passwordHash = await hashPassword(input.newPassword, { logN });
  const now = ctx.clock.now();
  const outcome = await ctx.table.write(
    update(
      identityKeys.user(userId),
      {
        set: { passwordHash, passwordExpiresOn: now + PASSWORD_LIFE_MS, modifiedOn: now },
        add: { credentialVersion: 1 },
      },
      all(
        itemExists,
        missing('deletedOn'),
        compare('credentialVersion', '=', user.credentialVersion),
      ),
    ),
  );
  forgetUser(ctx, userId);
  if (!outcome.ok) throw refused('The password was changed meanwhile.');
}
