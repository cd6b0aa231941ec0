import * as z from 'zod';
import { createToken, listTokens, revokeToken } from '#domain/identity/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';
import { StatusAnswer } from '../shapes.ts';
import { NewToken, tokenInput } from './bodies.ts';
import { TokenAnswer, toToken } from './wire.ts';

export const tokenRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/users/current/tokens',
    operationId: 'listTokens',
    summary: 'The personal tokens of the signed-in user, without their text.',
    access: LOGIN,
    response: z.object({ data: z.array(TokenAnswer) }),
    handle: async ({ ctx }) => ({ data: (await listTokens(ctx)).map(toToken) }),
  }),
  route({
    method: 'POST',
    path: '/users/current/tokens',
    operationId: 'createToken',
    summary: 'Makes a personal token; its text is in this answer only.',
    access: LOGIN,
    secret: true,
    body: NewToken,
    response: TokenAnswer,
    handle: async ({ ctx, body }) => toToken(await createToken(ctx, tokenInput(body))),
  }),
  route({
    method: 'DELETE',
    path: '/users/current/tokens/{tokenId}',
    operationId: 'revokeToken',
    summary: 'Revokes a personal token.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      await revokeToken(ctx, params.tokenId);
      return { status: 'Success' };
    },
  }),
];
