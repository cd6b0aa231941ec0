import type { Context, Platform } from '#kernel/context.ts';
import { AppError, notFound } from '#kernel/errors.ts';
import { all, compare, itemExists, put, remove, type Write } from '#kernel/table.ts';
import { hashToken } from './identity.items.ts';
import {
  type InvitationRow,
  invitationItem,
  invitationKeys,
  readInvitation,
} from './invitation.items.ts';

const DAY = 24 * 60 * 60 * 1000;
const INVITATION = /^asi_[A-Za-z0-9_-]{20,100}$/;

export type Invitation = Pick<InvitationRow, 'invitationId' | 'createdOn' | 'expiresOn' | 'group'>;
export type NewInvitation = Invitation & { readonly token: string };

/** One text for every cause, so that nobody learns which invitations there were. */
export const badInvitation = (): AppError =>
  new AppError('forbidden', 'The invitation is wrong, used or expired; ask for a new one.', {
    reason: 'invitation_invalid',
    detail: { field: 'invitation' },
  });

export const shownInvitation = (row: InvitationRow): Invitation => ({
  invitationId: row.invitationId,
  createdOn: row.createdOn,
  expiresOn: row.expiresOn,
  ...(row.group === undefined ? {} : { group: row.group }),
});

/** A new invitation, whose text is in the answer this once, and the write that makes it good. */
export function newInvitation(
  platform: Pick<Platform, 'clock' | 'ids'>,
  input: Pick<InvitationRow, 'kind' | 'group'> & { readonly days: number },
): { readonly write: Write; readonly answer: NewInvitation } {
  const { days, ...kind } = input;
  const token = `asi_${platform.ids.secret()}`;
  const now = platform.clock.now();
  const row: InvitationRow = {
    ...kind,
    invitationId: platform.ids.hex32(),
    createdOn: now,
    expiresOn: now + days * DAY,
  };
  const write = put(invitationItem(hashToken(token), row));
  return { write, answer: { ...shownInvitation(row), token } };
}

/** The invitation behind a text, and the write that uses it up. Throws `forbidden`. */
export async function findInvitation(
  ctx: Pick<Context, 'table' | 'clock'>,
  token: string,
): Promise<{ readonly row: InvitationRow; readonly use: Write }> {
  if (!INVITATION.test(token)) throw badInvitation();
  const key = invitationKeys.invitation(hashToken(token));
  const item = await ctx.table.get(key);
  const now = ctx.clock.now();
  const row = item === undefined ? undefined : readInvitation(item);
  if (row === undefined || row.expiresOn <= now) throw badInvitation();
  return { row, use: remove(key, all(itemExists, compare('expiresOn', '>', now))) };
}

/** The invitations of a list that nobody has used yet. */
export async function readInvitations(
  ctx: Pick<Context, 'table'>,
  list: string,
): Promise<readonly Invitation[]> {
  const page = await ctx.table.query({ index: 'gsi1', pk: list });
  return page.items.map(readInvitation).map(shownInvitation);
}

/** The write that takes one of a list back. */
export async function invitationEnd(
  ctx: Pick<Context, 'table'>,
  list: string,
  invitationId: string,
): Promise<Write> {
  const page = await ctx.table.query({ index: 'gsi1', pk: list });
  const item = page.items.find((candidate) => candidate.invitationId === invitationId);
  if (item === undefined) throw notFound('invitation', { invitation_id: invitationId });
  return remove({ pk: item.pk, sk: item.sk });
}
