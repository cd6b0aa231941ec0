import * as z from 'zod';
import type {
  Group,
  Invitation,
  Member,
  PersonalToken,
  Profile,
  User,
} from '#domain/identity/index.ts';
import type { Context } from '#kernel/context.ts';
import { groupRef, isoTime, Ref, UserRef, userRef } from '../shapes.ts';

export const UserAnswer = z.object({ username: z.string(), email: z.string(), id: z.int() });

export const toUser = ({ username, email, id }: Profile) => ({ username, email, id });

export const CurrentUser = z.object({
  username: z.string(),
  email: z.string(),
  id: z.int(),
  groups: z.array(Ref),
  createdOn: z.string(),
  lastModifiedOn: z.string(),
  lastLoginOn: z.nullable(z.string()),
  passwordExpiresOn: z.string(),
});

export const toCurrentUser = (ctx: Context, user: User, groupIds: readonly number[]) => ({
  username: user.username,
  email: user.email,
  id: user.id,
  groups: groupIds.map((id) => groupRef(ctx, id)),
  createdOn: isoTime(user.createdOn),
  lastModifiedOn: isoTime(user.modifiedOn),
  lastLoginOn: user.lastLoginOn === undefined ? null : isoTime(user.lastLoginOn),
  passwordExpiresOn: isoTime(user.passwordExpiresOn),
});

const Permissions = z.object({
  read: z.boolean(),
  write: z.boolean(),
  shareRead: z.boolean(),
  shareWrite: z.boolean(),
  owner: z.boolean(),
  admin: z.boolean(),
});

export const GroupAnswer = z.object({
  id: z.int(),
  name: z.string(),
  user: UserRef,
  members: z.array(z.object({ user: UserRef, group: Ref, permissions: Permissions })),
  createdOn: z.string(),
  lastModifiedOn: z.string(),
});

export function toGroup(group: Group) {
  const ref = { id: group.id, name: group.name, url: `/api/v1/groups/${group.id}` };
  return {
    id: group.id,
    name: group.name,
    user: userRef(group.createdBy.id, group.createdBy.username),
    members: group.members.map((member) => ({
      user: userRef(member.userId, member.username),
      group: ref,
      permissions: member.flags,
    })),
    createdOn: isoTime(group.createdOn),
    lastModifiedOn: isoTime(group.modifiedOn),
  };
}

export const ServiceAccountAnswer = z.object({
  id: z.int(),
  username: z.string(),
  permissions: Permissions,
});

export const toServiceAccount = ({ userId, username, flags }: Member) => ({
  id: userId,
  username,
  permissions: flags,
});

export const TokenAnswer = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.nullable(z.array(z.string())),
  createdOn: z.string(),
  expiresOn: z.string(),
  /** Only in the answer that makes it. */
  token: z.string().optional(),
});

export const toToken = (token: PersonalToken & { readonly token?: string }) => ({
  id: token.tokenId,
  name: token.name ?? '',
  scopes: token.scopes ?? null,
  createdOn: isoTime(token.createdOn),
  expiresOn: isoTime(token.expiresOn),
  ...(token.token === undefined ? {} : { token: token.token }),
});

export const InvitationAnswer = z.object({
  id: z.string(),
  createdOn: z.string(),
  expiresOn: z.string(),
  /** Only in the answer that makes it. */
  token: z.string().optional(),
});

export const toInvitation = (invitation: Invitation & { readonly token?: string }) => ({
  id: invitation.invitationId,
  createdOn: isoTime(invitation.createdOn),
  expiresOn: isoTime(invitation.expiresOn),
  ...(invitation.token === undefined ? {} : { token: invitation.token }),
});

export const GroupInvitationAnswer = InvitationAnswer.extend({
  permissions: Permissions,
  /** Whether it makes an account where registration is by invitation. */
  newUsers: z.boolean(),
});

export const toGroupInvitation = (invitation: Invitation & { readonly token?: string }) => ({
  ...toInvitation(invitation),
  permissions: invitation.group?.flags,
  newUsers: invitation.group?.newUsers === true,
});
