import * as z from 'zod';
import {
  changePassword,
  createToken,
  getGroup,
  getUser,
  listGroups,
  listTokens,
  loadUser,
  PUBLIC_GROUP,
  revokeToken,
} from '#domain/identity/index.ts';
import { createGroup, registerUser } from '#domain/onboarding/index.ts';
import { LOGIN, PUBLIC_OR_SIGNED_IN, type Route, reads, route } from '#http/route.ts';
import { type Context, requireUser } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import { line, resourceName, text } from '#kernel/strings.ts';
import { PageQuery, pageAnswer, pageOf, pageRequest, StatusAnswer } from '../shapes.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { CurrentUser, GroupAnswer, TokenAnswer, toCurrentUser, toGroup, toToken } from './wire.ts';

/** Basic credentials end names at a colon; `job-<id>` is how the children of jobs sign in. */
const Username = line({ min: 1, max: 150 })
  .refine((name) => !/^\s|\s$|\s\s|[^\S ]/u.test(name), 'Use single spaces, and only inside.')
  .refine((name) => !name.includes(':'), 'Must not hold a colon.')
  .refine((name) => !/^job-\d+$/.test(name), 'Names such as job-1 are for jobs.');
const Password = z.string().min(1).max(1_024);
const NewUser = z.strictObject({
  username: Username,
  email: line({ min: 3, max: 320 }),
  password: Password,
  confirmPassword: Password,
  invitation: z.string().min(1).max(200).optional(),
});
const PasswordChange = z.strictObject({
  oldPassword: Password,
  newPassword: Password,
  confirmNewPassword: Password,
});
const NewToken = z.strictObject({
  name: text({ min: 1, max: 100 }),
  scopes: z
    .array(z.string().regex(/^(\*|[a-z_]+:(read|write))$/, 'Use "*" or "<object>:<read|write>".'))
    .min(1)
    .max(50)
    .optional(),
  days: z.int().min(1).max(366).default(90),
});

const samePasswords = (first: string, second: string): void => {
  if (first !== second) throw invalid('password_mismatch', 'The two passwords differ.');
};

async function currentUser(ctx: Context): Promise<object> {
  const { userId, memberships } = requireUser(ctx);
  const loaded = await loadUser(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  return toCurrentUser(ctx, loaded.user, [...memberships.keys()]);
}

const userRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/users',
    operationId: 'registerUser',
    summary:
      'Makes an account: for anybody where registration is open, for the invited, for administrators.',
    access: PUBLIC_OR_SIGNED_IN,
    secret: true,
    body: NewUser,
    response: CurrentUser,
    handle: async ({ ctx, body }) => {
      samePasswords(body.password, body.confirmPassword);
      const user = await registerUser(ctx, body);
      return {
        ...toCurrentUser(ctx, user, []),
        groups: [{ ...PUBLIC_GROUP, url: `/api/v1/groups/${PUBLIC_GROUP.id}` }],
      };
    },
  }),
  route({
    method: 'GET',
    path: '/users/current',
    operationId: 'getCurrentUser',
    summary: 'The signed-in user.',
    access: reads('user', { jobs: false }),
    response: CurrentUser,
    handle: async ({ ctx }) => currentUser(ctx),
  }),
  route({
    method: 'POST',
    path: '/users/current/password',
    operationId: 'changePassword',
    summary: 'Changes the password and ends all sessions and tokens of the user.',
    access: LOGIN,
    secret: true,
    body: PasswordChange,
    response: StatusAnswer,
    handle: async ({ ctx, body }) => {
      samePasswords(body.newPassword, body.confirmNewPassword);
      await changePassword(ctx, body);
      return { status: 'Password Change Success' };
    },
  }),
  route({
    method: 'GET',
    path: '/users/{id:int}',
    operationId: 'getUser',
    summary: 'A user who shares a group with the caller.',
    access: reads('user', { jobs: true }),
    response: z.object({ username: z.string(), email: z.string(), id: z.int() }),
    handle: async ({ ctx, params }) => {
      const { username, email, id } = await getUser(ctx, params.id);
      return { username, email, id };
    },
  }),
];

const tokenRoutes: readonly Route[] = [
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
    handle: async ({ ctx, body: { name, days, scopes } }) =>
      toToken(await createToken(ctx, { name, days, ...(scopes === undefined ? {} : { scopes }) })),
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

const groupRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups',
    operationId: 'listGroups',
    summary: "The caller's groups.",
    access: reads('group', { jobs: false }),
    query: PageQuery,
    response: pageOf(GroupAnswer),
    handle: async ({ ctx, query }) => {
      const { index, pageLength } = pageRequest(query);
      const groups = await listGroups(ctx);
      const page = { rows: groups.slice(index, index + pageLength), total: groups.length };
      return pageAnswer('groups', query, page, toGroup);
    },
  }),
  route({
    method: 'POST',
    path: '/groups',
    operationId: 'createGroup',
    summary: 'Makes a group that the caller owns.',
    access: LOGIN,
    body: z.strictObject({ name: resourceName() }),
    response: GroupAnswer,
    handle: async ({ ctx, body }) => toGroup(await createGroup(ctx, body)),
  }),
  route({
    method: 'GET',
    path: '/groups/{id:int}',
    operationId: 'getGroup',
    summary: 'A group with its members.',
    access: reads('group', { jobs: true }),
    response: GroupAnswer,
    handle: async ({ ctx, params }) => toGroup(await getGroup(ctx, params.id)),
  }),
];

export const identityRoutes: readonly Route[] = [
  ...userRoutes,
  ...tokenRoutes,
  ...groupRoutes,
  ...invitationRoutes,
];
