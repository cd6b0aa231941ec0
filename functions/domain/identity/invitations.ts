import { type Context, type GroupFlags, type Platform, requireSystem } from '#kernel/context.ts';
import { AppError, forbidden, notFound } from '#kernel/errors.ts';
import { all, compare, itemExists, put, remove, type Write } from '#kernel/table.ts';
import { requireAdministrator } from './administrators.ts';
import { hashToken } from './identity.items.ts';
import {
  type InvitationRow,
  invitationItem,
  invitationKeys,
  readInvitation,
} from './invitation.items.ts';
import { MEMBER_FLAGS, OWNER_FLAGS } from './schemas.ts';

const DAY = 24 * 60 * 60 * 1000;
const OPERATOR_DAYS = 7;
const INVITATION = /^asi_[A-Za-z0-9_-]{20,100}$/;

export type Invitation = Pick<InvitationRow, 'invitationId' | 'createdOn' | 'expiresOn'>;
type NewInvitation = Invitation & { readonly token: string };

/** What an invitation that was found good allows, and the write that uses it up. */
export interface Admission {
  readonly kind: InvitationRow['kind'];
  /** In the group `public`. */
  readonly flags: GroupFlags;
  /** Belongs into the transaction that makes the account. */
  readonly use: Write;
}

/** One text for every cause, so that nobody learns which invitations there were. */
export const badInvitation = (): AppError =>
  new AppError('forbidden', 'The invitation is wrong, used or expired; ask for a new one.', {
    reason: 'invitation_invalid',
    detail: { field: 'invitation' },
  });

const shown = ({ invitationId, createdOn, expiresOn }: InvitationRow): Invitation => ({
  invitationId,
  createdOn,
  expiresOn,
});

function newInvitation(
  platform: Pick<Platform, 'clock' | 'ids'>,
  kind: InvitationRow['kind'],
  days: number,
) {
  const token = `asi_${platform.ids.secret()}`;
  const now = platform.clock.now();
  const row = {
    kind,
    invitationId: platform.ids.hex32(),
    createdOn: now,
    expiresOn: now + days * DAY,
  };
  return { write: put(invitationItem(hashToken(token), row)), answer: { ...shown(row), token } };
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
  const { write, answer } = newInvitation(ctx, 'member', input.days);
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
  const { write, answer } = newInvitation(ctx, 'administrator', OPERATOR_DAYS);
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
  if (!INVITATION.test(token)) throw badInvitation();
  const key = invitationKeys.invitation(hashToken(token));
  const item = await ctx.table.get(key);
  const now = ctx.clock.now();
  const row = item === undefined ? undefined : readInvitation(item);
  if (row === undefined || row.expiresOn <= now) throw badInvitation();
  return {
    kind: row.kind,
    flags: row.kind === 'administrator' ? OWNER_FLAGS : MEMBER_FLAGS,
    use: remove(key, all(itemExists, compare('expiresOn', '>', now))),
  };
}

/** Administrators' invitations that nobody has used yet, without their text. */
export async function listInvitations(ctx: Context): Promise<readonly Invitation[]> {
  requireAdministrator(ctx);
  const page = await ctx.table.query({ index: 'gsi1', pk: invitationKeys.all });
  return page.items.map(readInvitation).map(shown);
}

export async function revokeInvitation(ctx: Context, invitationId: string): Promise<void> {
  requireAdministrator(ctx);
  const page = await ctx.table.query({ index: 'gsi1', pk: invitationKeys.all });
  const item = page.items.find((candidate) => candidate.invitationId === invitationId);
  if (item === undefined) throw notFound('invitation', { invitation_id: invitationId });
  ctx.trail?.touches({ entity: 'invitation', lookup: { invitation_id: invitationId } });
  await ctx.table.write(remove({ pk: item.pk, sk: item.sk }));
}
