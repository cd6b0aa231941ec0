import type { GroupFlags } from '#kernel/context.ts';
import { key, prefix, ttlOf } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';

/** A right to come in, found by the hash of its secret text. */
export interface InvitationRow {
  /** An administrator owns the group `public`; a member is in it; `group` leads into another one. */
  readonly kind: 'member' | 'administrator' | 'group';
  readonly invitationId: string;
  readonly createdOn: number;
  readonly expiresOn: number;
  /** Where it leads, as what, by whom, and whether it makes accounts where that takes one. */
  readonly group?: {
    readonly id: number;
    readonly flags: GroupFlags;
    readonly by: number;
    readonly newUsers: boolean;
  };
}

export const invitationKeys = {
  invitation: (hash: string): Key => key(`${prefix.invitation}#${hash}`, 'INV'),
  /** Partition of the index with the invitations that administrators see. */
  all: `${prefix.invitation}#ALL`,
  /** The same with those that the managers of a group see. */
  ofGroup: (groupId: number): string => `${prefix.invitation}#GRP#${groupId}`,
  /** There once an operator has said who administers the deployment. */
  operator: key(`${prefix.system}#OPERATOR`, 'OPERATOR'),
};

/** Administrators see the invitations of members, groups their own, nobody those of the operator. */
function listOf({ kind, group }: InvitationRow): string | undefined {
  if (kind === 'member') return invitationKeys.all;
  return group === undefined ? undefined : invitationKeys.ofGroup(group.id);
}

export function invitationItem(hash: string, row: InvitationRow): Item {
  const { group, ...rest } = row;
  const list = listOf(row);
  return {
    ...invitationKeys.invitation(hash),
    ...rest,
    ...(group === undefined ? {} : { group: { ...group, flags: { ...group.flags } } }),
    ttl: ttlOf(row.expiresOn),
    ...(list === undefined ? {} : { gsi1pk: list, gsi1sk: `${row.createdOn}#${row.invitationId}` }),
  };
}

export const readInvitation = (item: Item): InvitationRow => item as unknown as InvitationRow;
