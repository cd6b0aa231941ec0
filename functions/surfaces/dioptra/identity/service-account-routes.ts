import * as z from 'zod';
import {
  createServiceAccount,
  createServiceToken,
  deleteServiceAccount,
  listServiceAccounts,
  listServiceTokens,
  revokeServiceToken,
} from '#domain/identity/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';
import { StatusAnswer } from '../shapes.ts';
import { NewToken, tokenInput, Username } from './bodies.ts';
import { ServiceAccountAnswer, TokenAnswer, toServiceAccount, toToken } from './wire.ts';

const NewServiceAccount = z.strictObject({ username: Username, write: z.boolean().default(true) });

const serviceTokenRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/serviceAccounts/{accountId:int}/tokens',
    operationId: 'listServiceTokens',
    summary: 'The tokens of a service account, without their text.',
    access: LOGIN,
    response: z.object({ data: z.array(TokenAnswer) }),
    handle: async ({ ctx, params: { id: groupId, accountId } }) => ({
      data: (await listServiceTokens(ctx, { groupId, accountId })).map(toToken),
    }),
  }),
  route({
    method: 'POST',
    path: '/groups/{id:int}/serviceAccounts/{accountId:int}/tokens',
    operationId: 'createServiceToken',
    summary:
      'Makes a token of a service account, its password, too; its text is in this answer only.',
    access: LOGIN,
    secret: true,
    body: NewToken,
    response: TokenAnswer,
    handle: async ({ ctx, params: { id: groupId, accountId }, body }) =>
      toToken(await createServiceToken(ctx, { groupId, accountId, ...tokenInput(body) })),
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id:int}/serviceAccounts/{accountId:int}/tokens/{tokenId}',
    operationId: 'revokeServiceToken',
    summary: 'Revokes a token of a service account, within five seconds everywhere.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params: { id: groupId, accountId, tokenId } }) => {
      await revokeServiceToken(ctx, { groupId, accountId, tokenId });
      return { status: 'Success' };
    },
  }),
];

/** For those who manage a group: the accounts of its machines. */
export const serviceAccountRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups/{id:int}/serviceAccounts',
    operationId: 'listServiceAccounts',
    summary: 'The service accounts of the group.',
    access: LOGIN,
    response: z.object({ data: z.array(ServiceAccountAnswer) }),
    handle: async ({ ctx, params }) => ({
      data: (await listServiceAccounts(ctx, params.id)).map(toServiceAccount),
    }),
  }),
  route({
    method: 'POST',
    path: '/groups/{id:int}/serviceAccounts',
    operationId: 'createServiceAccount',
    summary: 'Makes an account for machines that belongs to the group; it signs in by its tokens.',
    access: LOGIN,
    body: NewServiceAccount,
    response: ServiceAccountAnswer,
    handle: async ({ ctx, params, body }) =>
      toServiceAccount(await createServiceAccount(ctx, { groupId: params.id, ...body })),
  }),
  route({
    method: 'DELETE',
    path: '/groups/{id:int}/serviceAccounts/{accountId:int}',
    operationId: 'deleteServiceAccount',
    summary: 'Ends a service account and its tokens, within five seconds everywhere.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params: { id: groupId, accountId } }) => {
      await deleteServiceAccount(ctx, { groupId, accountId });
      return { status: 'Success' };
    },
  }),
  ...serviceTokenRoutes,
];
