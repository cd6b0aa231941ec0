import * as z from 'zod';
import {
  changePassword,
  changeUser,
  deleteUser,
  forgetUser,
  getUser,
  listUsers,
  loadUser,
  PUBLIC_GROUP,
  versionOfUser,
} from '#domain/identity/index.ts';
import { registerUser } from '#domain/onboarding/index.ts';
import { tagged } from '#http/entity-tag.ts';
import { LOGIN, PUBLIC_OR_SIGNED_IN, type Route, reads, route } from '#http/route.ts';
import { type Context, requireUser } from '#kernel/context.ts';
import { invalid, notFound } from '#kernel/errors.ts';
import {
  IdStatus,
  idStatus,
  PageQuery,
  pageAnswer,
  pageOf,
  pageRequest,
  StatusAnswer,
} from '../shapes.ts';
import { Email, Password, Username } from './bodies.ts';
import { CurrentUser, toCurrentUser, toUser, UserAnswer } from './wire.ts';

const NewUser = z.strictObject({
  username: Username,
  email: Email,
  password: Password,
  confirmPassword: Password,
  invitation: z.string().min(1).max(200).optional(),
});
const PasswordChange = z.strictObject({
  oldPassword: Password,
  newPassword: Password,
  confirmNewPassword: Password,
});
const CHANGED = { status: 'Password Change Success' };

async function currentUser(ctx: Context): Promise<object> {
  const { userId, memberships } = requireUser(ctx);
  // Who has just signed in sees when, whatever this process knew before.
  forgetUser(ctx, userId);
  const loaded = await loadUser(ctx, userId);
  if (loaded === undefined) throw notFound('user', { user_id: userId });
  return tagged(toCurrentUser(ctx, loaded.user, [...memberships.keys()]), versionOfUser(loaded));
}

const currentRoutes: readonly Route[] = [
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
    method: 'PUT',
    path: '/users/current',
    operationId: 'changeCurrentUser',
    summary: 'Changes name and address of the signed-in user, who stays signed in.',
    access: LOGIN,
    body: z.strictObject({ username: Username, email: Email }),
    response: CurrentUser,
    handle: async ({ ctx, body }) => {
      await changeUser(ctx, body);
      return currentUser(ctx);
    },
  }),
  route({
    method: 'DELETE',
    path: '/users/current',
    operationId: 'deleteCurrentUser',
    summary: 'Ends the account of the signed-in user. Its name stays taken.',
    access: LOGIN,
    secret: true,
    body: z.strictObject({ password: Password }),
    response: IdStatus,
    handle: async ({ ctx, body }) => idStatus((await deleteUser(ctx, body)).id),
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
      await changePassword(ctx, body);
      return CHANGED;
    },
  }),
];

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/users',
    operationId: 'listUsers',
    summary: 'The users who share a group with the caller; all for administrators.',
    access: reads('user', { jobs: false }),
    query: PageQuery,
    response: pageOf(UserAnswer),
    handle: async ({ ctx, query }) =>
      pageAnswer('users', query, await listUsers(ctx, pageRequest(query)), toUser),
  }),
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
      if (body.password !== body.confirmPassword) {
        throw invalid('password_mismatch', 'The two passwords differ.');
      }
      const user = await registerUser(ctx, body);
      return {
        ...toCurrentUser(ctx, user, []),
        groups: [{ ...PUBLIC_GROUP, url: `/api/v1/groups/${PUBLIC_GROUP.id}` }],
      };
    },
  }),
  ...currentRoutes,
  route({
    method: 'GET',
    path: '/users/{id:int}',
    operationId: 'getUser',
    summary: 'A user who shares a group with the caller.',
    access: reads('user', { jobs: true }),
    response: UserAnswer,
    handle: async ({ ctx, params }) => toUser(await getUser(ctx, params.id)),
  }),
  route({
    method: 'POST',
    path: '/users/{id:int}/password',
    operationId: 'changePasswordOf',
    summary: 'The same for whoever knows the old password, which may have expired.',
    access: LOGIN,
    secret: true,
    body: PasswordChange,
    response: StatusAnswer,
    handle: async ({ ctx, params, body }) => {
      await changePassword(ctx, { ...body, userId: params.id });
      return CHANGED;
    },
  }),
];
