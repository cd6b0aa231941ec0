import * as z from 'zod';
import { endSession } from '#domain/identity/index.ts';
import { readCredential, readSession, sessionCookies } from '#http/credentials.ts';
import { PUBLIC, type Route, route, writes } from '#http/route.ts';
import type { Platform } from '#kernel/context.ts';
import { pythonBoolean } from '#kernel/strings.ts';

/** Signs in with name and password; jobs sign in as `job-<id>` with their token. */
export type SignIn = (
  platform: Platform,
  input: {
    readonly username: string;
    readonly password: string;
    /** The session that the same client has had until now. */
    readonly before?: string | undefined;
  },
) => Promise<{ readonly username: string; readonly token: string; readonly lifeSeconds: number }>;

const withCookies = (request: Request, value: object, token: string, life: number): Response => {
  const response = Response.json(value, { headers: { 'cache-control': 'no-store' } });
  for (const cookie of sessionCookies(request, token, life)) {
    response.headers.append('set-cookie', cookie);
  }
  return response;
};

export const authRoutes = (signIn: SignIn): readonly Route[] => [
  route({
    method: 'POST',
    path: '/auth/login',
    operationId: 'login',
    summary: 'Signs in; the answer sets the session cookies.',
    access: PUBLIC,
    secret: true,
    // Sessions are no change of what there is; the user's row says when the last began.
    untraced: true,
    body: z.strictObject({ username: z.string().max(150), password: z.string().min(1).max(1_024) }),
    response: z.object({ username: z.string(), status: z.string() }),
    handle: async ({ ctx, body, request }) => {
      const { username, token, lifeSeconds } = await signIn(ctx, {
        ...body,
        before: readSession(request.headers),
      });
      return withCookies(request, { username, status: 'Login successful' }, token, lifeSeconds);
    },
  }),
  route({
    method: 'POST',
    path: '/auth/logout',
    operationId: 'logout',
    summary: 'Ends this session or, with `everywhere`, all sessions and tokens of the user.',
    access: writes('user', { jobs: true }),
    query: z.object({ everywhere: pythonBoolean().optional() }),
    response: z.object({ username: z.string(), everywhere: z.boolean(), status: z.string() }),
    handle: async ({ ctx, query, request }) => {
      const everywhere = query.everywhere === true;
      const credential = readCredential(request.headers);
      const token = credential.kind === 'session' ? credential.token : undefined;
      const username =
        ctx.actor.kind === 'job'
          ? `job-${ctx.actor.jobId}`
          : (await endSession(ctx, { token, everywhere })).username;
      const value = { username, everywhere, status: 'Logout successful' };
      return withCookies(request, value, '', 0);
    },
  }),
];
