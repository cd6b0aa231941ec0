import { key, prefix, ttlOf } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';

/** A right to make one account, found by the hash of its secret text. */
export interface InvitationRow {
  /** An administrator owns the group `public`; a member is in it. */
  readonly kind: 'member' | 'administrator';
  readonly invitationId: string;
  readonly createdOn: number;
  readonly expiresOn: number;
}

export const invitationKeys = {
  invitation: (hash: string): Key => key(`${prefix.invitation}#${hash}`, 'INV'),
  /** Partition of the index with the invitations that administrators see. */
  all: `${prefix.invitation}#ALL`,
  /** There once an operator has said who administers the deployment. */
  operator: key(`${prefix.system}#OPERATOR`, 'OPERATOR'),
};

/** Administrators see the invitations of members, not those of the operator. */
export function invitationItem(hash: string, row: InvitationRow): Item {
  return {
    ...invitationKeys.invitation(hash),
    ...row,
    ttl: ttlOf(row.expiresOn),
    ...(row.kind === 'member'
      ? { gsi1pk: invitationKeys.all, gsi1sk: `${row.createdOn}#${row.invitationId}` }
      : {}),
  };
}

export const readInvitation = (item: Item): InvitationRow => item as unknown as InvitationRow;
