import * as z from 'zod';
import { getUser, listAccounts, removeUser, type User } from '#domain/identity/index.ts';
import { registerUser } from '#domain/onboarding/index.ts';
import { LOGIN, PUBLIC_OR_SIGNED_IN, type Route, reads, route } from '#http/route.ts';
import { ifThere, notFound } from '#kernel/errors.ts';
import { line } from '#kernel/strings.ts';
import { DoneById, done, wholeList } from './answers.ts';
import { naiveTime } from './names.ts';

const Password = z.string().min(1).max(1_024);
const Form = z
  .object({
    username: line({ min: 1, max: 150 })
      .refine((name) => !/^\s|\s$|\s\s/u.test(name), 'Use single spaces, and only inside.')
      .refine((name) => !name.includes(':'), 'Must not hold a colon.')
      .refine((name) => !/^job-\d+$/.test(name), 'Names such as job-1 are for jobs.'),
    password: Password,
    password_confirm: Password,
    email_address: line({ min: 3, max: 320 }),
    /** Ours: where registration is by invitation. */
    invitation: z.string().min(1).max(200).optional(),
  })
  .refine((form) => form.password === form.password_confirm, {
    path: ['password_confirm'],
    error: 'Must be the same as password.',
  });

const UserAnswer = z.object({
  userId: z.int(),
  username: z.string(),
  emailAddress: z.string(),
  createdOn: z.string(),
  lastModifiedOn: z.string(),
  lastLoginOn: z.string(),
  userExpireOn: z.string(),
  passwordExpireOn: z.string(),
});

/** Accounts do not expire by themselves: the last moment that Python's times know. */
const NEVER = '9999-12-31T23:59:59.999999';

const shape = (user: User) => ({
  userId: user.id,
  username: user.username,
  emailAddress: user.email,
  createdOn: naiveTime(user.createdOn),
  lastModifiedOn: naiveTime(user.modifiedOn),
  // As the original, which counts the registration as the first.
  lastLoginOn: naiveTime(user.lastLoginOn ?? user.createdOn),
  userExpireOn: NEVER,
  passwordExpireOn: naiveTime(user.passwordExpiresOn),
});

export const userRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/user',
    operationId: 'listUsers',
    summary: 'The users who share a group with the caller; all for administrators.',
    access: reads('user'),
    response: z.array(UserAnswer),
    handle: async ({ ctx, request }) =>
      wholeList(ctx, request, (await listAccounts(ctx)).map(shape)),
  }),
  route({
    method: 'POST',
    path: '/user',
    operationId: 'registerUser',
    summary: 'Register a user, where registration is open, or by invitation, or as administrator.',
    access: PUBLIC_OR_SIGNED_IN,
    secret: true,
    body: Form,
    response: UserAnswer,
    handle: async ({ ctx, body }) => {
      const { username, password, email_address: email, invitation } = body;
      return shape(await registerUser(ctx, { username, password, email, invitation }));
    },
  }),
  route({
    method: 'GET',
    path: '/user/{userId:int}',
    operationId: 'getUser',
    summary: 'One user.',
    access: reads('user', { jobs: true }),
    response: UserAnswer,
    handle: async ({ ctx, params }) => shape(await getUser(ctx, params.userId)),
  }),
  route({
    method: 'DELETE',
    path: '/user/{userId:int}',
    operationId: 'deleteUser',
    summary:
      'End the account of somebody else, for administrators; one that is not there is no fault.',
    access: LOGIN,
    response: DoneById,
    handle: async ({ ctx, params }) => {
      const found = await ifThere(removeUser(ctx, params.userId).then(() => params.userId));
      return done({ id: found === undefined ? [] : [found] });
    },
  }),
  route({
    method: 'GET',
    path: '/user/name/{username}',
    operationId: 'getUserByName',
    summary: 'One user, by name.',
    access: reads('user'),
    response: UserAnswer,
    handle: async ({ ctx, params }) => {
      const found = (await listAccounts(ctx)).find((user) => user.username === params.username);
      if (found === undefined) throw notFound('user', { username: params.username });
      return shape(found);
    },
  }),
];
