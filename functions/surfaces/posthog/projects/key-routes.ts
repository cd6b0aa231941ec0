import * as z from 'zod';
import {
  createToken,
  getUser,
  listTokens,
  type PersonalToken,
  revokeToken,
} from '#domain/identity/index.ts';
import { LOGIN, type Route, reads, route } from '#http/route.ts';
import { readableGroups, requireUser } from '#kernel/context.ts';
import { isoTime, numberUuid, PersonAnswer, peopleOf } from '../people.ts';

const KEY_DAYS = 366;

const KeyAnswer = z.object({
  id: z.string(),
  label: z.string(),
  scopes: z.array(z.string()),
  created_at: z.string(),
  /** Ours: keys end. */
  expires_at: z.string(),
  /** Of a new key alone. */
  value: z.string().optional(),
});

const toKey = (token: PersonalToken & { readonly token?: string }) => ({
  id: token.tokenId,
  label: token.name ?? '',
  scopes: [...(token.scopes ?? ['*'])],
  created_at: isoTime(token.createdOn),
  expires_at: isoTime(token.expiresOn),
  ...(token.token === undefined ? {} : { value: token.token }),
});

const NewKey = z.object({
  label: z.string().min(1).max(40),
  scopes: z
    .array(z.string().regex(/^(\*|[a-z_]+:(read|write))$/, 'Invalid scope'))
    .min(1, 'A key needs at least one scope.')
    .max(50),
});

export const keyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/users/@me',
    operationId: 'getMe',
    summary: 'Who the caller is.',
    access: reads('user'),
    response: z.object({
      ...PersonAnswer.shape,
      date_joined: z.string(),
      /** Its projects, as ids. */
      team_ids: z.array(z.int()),
    }),
    handle: async ({ ctx }) => {
      const { userId } = requireUser(ctx);
      const [show, user] = await Promise.all([
        peopleOf(ctx, [{ createdBy: userId }]),
        getUser(ctx, userId),
      ]);
      const team_ids = [...readableGroups(ctx)].sort((a, b) => a - b);
      const { email, createdOn } = user;
      const uuid = numberUuid(userId);
      return { ...show(userId), uuid, email, date_joined: isoTime(createdOn), team_ids };
    },
  }),
  route({
    method: 'GET',
    path: '/api/personal_api_keys',
    operationId: 'listPersonalApiKeys',
    summary: 'The keys of the signed-in person, without their text.',
    access: LOGIN,
    response: z.array(KeyAnswer),
    handle: async ({ ctx }) => (await listTokens(ctx)).map(toKey),
  }),
  route({
    method: 'POST',
    path: '/api/personal_api_keys',
    operationId: 'createPersonalApiKey',
    summary: 'Makes a personal API key; its text is in this answer only.',
    access: LOGIN,
    secret: true,
    status: 201,
    body: NewKey,
    response: KeyAnswer,
    handle: async ({ ctx, body: { label, scopes } }) =>
      toKey(await createToken(ctx, { name: label, scopes, days: KEY_DAYS, prefix: 'phx' })),
  }),
  route({
    method: 'DELETE',
    path: '/api/personal_api_keys/{keyId}',
    operationId: 'revokePersonalApiKey',
    summary: 'Revokes a personal API key.',
    access: LOGIN,
    status: 204,
    handle: async ({ ctx, params }) => {
      await revokeToken(ctx, params.keyId);
      return null;
    },
  }),
];
