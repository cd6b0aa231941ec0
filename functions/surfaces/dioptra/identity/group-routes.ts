import * as z from 'zod';
import {
  acceptInvitation,
  addMember,
  changeMember,
  type GroupState,
  getGroup,
  leaveGroup,
  listGroups,
  removeMember,
  renameGroup,
  versionOfGroup,
} from '#domain/identity/index.ts';
import { createGroup } from '#domain/onboarding/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { LOGIN, type Route, reads, route } from '#http/route.ts';
import { resourceName } from '#kernel/strings.ts';
import { Id, PageQuery, pageAnswer, pageOf, pageRequest, StatusAnswer } from '../shapes.ts';
import { Permissions } from './bodies.ts';
import { GroupAnswer, toGroup } from './wire.ts';

const GroupName = z.strictObject({ name: resourceName() });

const oneGroup = (group: GroupState): object => tagged(toGroup(group), versionOfGroup(group));

const memberRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/groups/{id:int}/members',
    operationId: 'addGroupMember',
    summary: 'Puts a user whom the caller knows into the group.',
    access: LOGIN,
    body: z.strictObject({ user: Id, permissions: Permissions }),
    response: GroupAnswer,
    handle: async ({ ctx, params, body }) => {
      const input = { groupId: params.id, userId: body.user, flags: body.permissions };
      return oneGroup(await addMember(ctx, input));
    },
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id:int}/members/current',
    operationId: 'leaveGroup',
    summary: 'Takes the caller out of the group.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      await leaveGroup(ctx, params.id);
      return { status: 'Success' };
    },
  }),
  route({
    method: 'PUT',
    path: '/groups/{id:int}/members/{userId:int}',
    operationId: 'changeGroupMember',
    summary: 'Says what a member may do; nobody gives or takes more than they have.',
    access: LOGIN,
    body: z.strictObject({ permissions: Permissions }),
    response: GroupAnswer,
    handle: async ({ ctx, params, body }) => {
      const input = { groupId: params.id, userId: params.userId, flags: body.permissions };
      return oneGroup(await changeMember(ctx, input));
    },
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id:int}/members/{userId:int}',
    operationId: 'removeGroupMember',
    summary: 'Takes a member out of the group, within five seconds everywhere.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      await removeMember(ctx, { groupId: params.id, userId: params.userId });
      return { status: 'Success' };
    },
  }),
];

export const groupRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups',
    operationId: 'listGroups',
    summary: "The caller's groups.",
    access: reads('group', { jobs: false }),
    query: PageQuery,
    response: pageOf(GroupAnswer),
    handle: async ({ ctx, query }) =>
      pageAnswer('groups', query, await listGroups(ctx, pageRequest(query)), toGroup),
  }),
  route({
    method: 'POST',
    path: '/groups',
    operationId: 'createGroup',
    summary: 'Makes a group that the caller owns.',
    access: LOGIN,
    body: GroupName,
    response: GroupAnswer,
    handle: async ({ ctx, body }) => toGroup(await createGroup(ctx, body)),
  }),
  route({
    method: 'POST',
    path: '/groups/join',
    operationId: 'joinGroup',
    summary: 'Takes the caller into the group that an invitation is for.',
    access: LOGIN,
    secret: true,
    body: z.strictObject({ invitation: z.string().min(1).max(200) }),
    response: GroupAnswer,
    handle: async ({ ctx, body }) => toGroup(await acceptInvitation(ctx, body.invitation)),
  }),
  route({
    method: 'GET',
    path: '/groups/{id:int}',
    operationId: 'getGroup',
    summary: 'A group with its members.',
    access: reads('group', { jobs: true }),
    response: GroupAnswer,
    handle: async ({ ctx, params }) => oneGroup(await getGroup(ctx, params.id)),
  }),
  route({
    method: 'PUT',
    path: '/groups/{id:int}',
    operationId: 'renameGroup',
    summary: 'Gives the group another name.',
    access: LOGIN,
    body: GroupName,
    response: GroupAnswer,
    handle: async ({ ctx, params, body }) =>
      oneGroup(await renameGroup(ctx, { groupId: params.id, name: body.name })),
  }),
  ...memberRoutes,
];
