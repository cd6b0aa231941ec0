import { type Context, requireSystem } from '#kernel/context.ts';
import { forbidden } from '#kernel/errors.ts';
import { put, type Write } from '#kernel/table.ts';
import { requireAdministrator } from './administrators.ts';
import type { Join } from './create-user.ts';
import { groupOf } from './group-invitations.ts';
import { type InvitationRow, invitationKeys } from './invitation.items.ts';
import {
  findInvitation,
  type Invitation,
  invitationEnd,
  type NewInvitation,
  newInvitation,
  readInvitations,
} from './new-invitation.ts';
import { MEMBER_FLAGS, OWNER_FLAGS, PUBLIC_GROUP } from './schemas.ts';

const OPERATOR_DAYS = 7;

/** What an invitation that was found good allows, and the writes that use it up. */
export interface Admission {
  readonly kind: InvitationRow['kind'];
  /** Whether it makes accounts where registration is by invitation. */
  readonly newUsers: boolean;
  /** The group that it is for. */
  readonly join: Join;
  /** Belong into the transaction that makes the account. */
  readonly use: readonly Write[];
}

/** Invites one person; the text of the invitation is returned this once. */
export async function createInvitation(
  ctx: Context,
  input: { readonly days: number },
): Promise<NewInvitation> {
  requireAdministrator(ctx);
  if (ctx.settings.registration === 'closed') {
    throw forbidden(
      'Registration is closed, so nobody could use an invitation. Make the account yourself (the same call that registers, signed in), or deploy with the registration "invite".',
      'registration_closed',
    );
  }
  const { write, answer } = newInvitation(ctx, { kind: 'member', days: input.days });
  ctx.trail?.touches({ entity: 'invitation', lookup: { invitation_id: answer.invitationId } });
  await ctx.table.write(write);
  return answer;
}

/**
 * Invites an administrator, on behalf of whoever holds the deployment. From the first one on,
 * the first account is no longer the administrator just because it comes first.
 */
export async function createOperatorInvitation(ctx: Context): Promise<NewInvitation> {
  requireSystem(ctx);
  const { write, answer } = newInvitation(ctx, { kind: 'administrator', days: OPERATOR_DAYS });
  await ctx.table.transact([write, put({ ...invitationKeys.operator, since: answer.createdOn })]);
  return answer;
}

/** Whether an operator's invitation says who administers the deployment. */
export const isOperated = async (ctx: Pick<Context, 'table'>): Promise<boolean> =>
  (await ctx.table.get(invitationKeys.operator)) !== undefined;

/** What the invitation behind a text allows. Throws `forbidden` (`invitation_invalid`). */
export async function readAdmission(
  ctx: Pick<Context, 'table' | 'clock'>,
  token: string,
): Promise<Admission> {
  const { row, use } = await findInvitation(ctx, token);
  if (row.group === undefined) {
    const flags = row.kind === 'administrator' ? OWNER_FLAGS : MEMBER_FLAGS;
    return { kind: row.kind, newUsers: true, join: { ...PUBLIC_GROUP, flags }, use: [use] };
  }
  const { join, still } = await groupOf(ctx, row.group);
  return { kind: row.kind, newUsers: row.group.newUsers, join, use: [use, still] };
}

/** Administrators' invitations that nobody has used yet, without their text. */
export async function listInvitations(ctx: Context): Promise<readonly Invitation[]> {
  requireAdministrator(ctx);
  return readInvitations(ctx, invitationKeys.all);
}

export async function revokeInvitation(ctx: Context, invitationId: string): Promise<void> {
  requireAdministrator(ctx);
  ctx.trail?.touches({ entity: 'invitation', lookup: { invitation_id: invitationId } });
  await ctx.table.write(await invitationEnd(ctx, invitationKeys.all, invitationId));
}
