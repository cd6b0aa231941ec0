import * as z from 'zod';
import {
  createGroupInvitation,
  createInvitation,
  listGroupInvitations,
  listInvitations,
  revokeGroupInvitation,
  revokeInvitation,
} from '#domain/identity/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';
import { StatusAnswer } from '../shapes.ts';
import { Permissions } from './bodies.ts';
import {
  GroupInvitationAnswer,
  InvitationAnswer,
  toGroupInvitation,
  toInvitation,
} from './wire.ts';

const Days = z.int().min(1).max(30).default(7);

/** For those who manage a group: who else may come into it. */
const groupInvitationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/invitations',
    operationId: 'listGroupInvitations',
    summary: 'The invitations to the group that nobody has used yet, without their text.',
    access: LOGIN,
    response: z.object({ data: z.array(GroupInvitationAnswer) }),
    handle: async ({ ctx, params }) => ({
      data: (await listGroupInvitations(ctx, params.id)).map(toGroupInvitation),
    }),
  }),
  route({
    method: 'POST',
    path: '/groups/{id:int}/invitations',
    operationId: 'createGroupInvitation',
    summary: 'Invites one person to the group; the text of the invitation is in this answer only.',
    access: LOGIN,
    secret: true,
    body: z.strictObject({ permissions: Permissions, days: Days }),
    response: GroupInvitationAnswer,
    handle: async ({ ctx, params, body: { permissions: flags, days } }) =>
      toGroupInvitation(await createGroupInvitation(ctx, { groupId: params.id, flags, days })),
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id:int}/invitations/{invitationId}',
    operationId: 'revokeGroupInvitation',
    summary: 'Takes an invitation to the group back.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params: { id: groupId, invitationId } }) => {
      await revokeGroupInvitation(ctx, { groupId, invitationId });
      return { status: 'Success' };
    },
  }),
];

/** For administrators: who else may come in. */
const deploymentInvitationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/invitations',
    operationId: 'listInvitations',
    summary: 'The invitations that nobody has used yet, without their text.',
    access: LOGIN,
    response: z.object({ data: z.array(InvitationAnswer) }),
    handle: async ({ ctx }) => ({ data: (await listInvitations(ctx)).map(toInvitation) }),
  }),
  route({
    method: 'POST',
    path: '/invitations',
    operationId: 'createInvitation',
    summary: 'Invites one person to make an account; its text is in this answer only.',
    access: LOGIN,
    secret: true,
    body: z.strictObject({ days: Days }),
    bodyOptional: true,
    response: InvitationAnswer,
    handle: async ({ ctx, body }) => toInvitation(await createInvitation(ctx, body)),
  }),
  route({
    method: 'DELETE',
    path: '/invitations/{invitationId}',
    operationId: 'revokeInvitation',
    summary: 'Takes an invitation back.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      await revokeInvitation(ctx, params.invitationId);
      return { status: 'Success' };
    },
  }),
];

export const invitationRoutes: readonly Route[] = [
  ...groupInvitationRoutes,
  ...deploymentInvitationRoutes,
];
