import * as z from 'zod';
import { createInvitation, listInvitations, revokeInvitation } from '#domain/identity/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';
import { StatusAnswer } from '../shapes.ts';
import { InvitationAnswer, toInvitation } from './wire.ts';

/** For administrators: who else may come in. */
export const invitationRoutes: readonly Route[] = [
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
    body: z.strictObject({ days: z.int().min(1).max(30).default(7) }),
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
