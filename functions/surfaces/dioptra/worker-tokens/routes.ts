import * as z from 'zod';
import {
  issueWorkerToken,
  listWorkerTokens,
  revokeWorkerToken,
  type WorkerToken,
} from '#domain/jobs/index.ts';
import { LOGIN, type Route, route } from '#http/route.ts';
import { line, text } from '#kernel/strings.ts';
import { isoTime, StatusAnswer } from '../shapes.ts';

const WorkerTokenAnswer = z.object({
  id: z.string(),
  name: z.string(),
  pool: z.string(),
  createdOn: z.string(),
  expiresOn: z.string(),
  /** Only in the answer that makes it. */
  token: z.string().optional(),
});

const toWorkerToken = (made: WorkerToken & { readonly token?: string }) => ({
  ...made,
  createdOn: isoTime(made.createdOn),
  expiresOn: isoTime(made.expiresOn),
});

/** For administrators: which workers of one's own may run jobs. */
export const workerTokenRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/workerTokens',
    operationId: 'listWorkerTokens',
    summary: 'The worker tokens that administrators made, without their text.',
    access: LOGIN,
    response: z.object({ data: z.array(WorkerTokenAnswer) }),
    handle: async ({ ctx }) => ({ data: (await listWorkerTokens(ctx)).map(toWorkerToken) }),
  }),
  route({
    method: 'POST',
    path: '/workerTokens',
    operationId: 'createWorkerToken',
    summary: 'Makes a token for workers of a pool; its text is in this answer only.',
    access: LOGIN,
    secret: true,
    body: z.strictObject({
      pool: line({ min: 1, max: 100 }),
      name: text({ max: 100 }).default(''),
      days: z.int().min(1).max(366).default(30),
    }),
    response: WorkerTokenAnswer,
    handle: async ({ ctx, body }) => toWorkerToken(await issueWorkerToken(ctx, body)),
  }),
  route({
    method: 'DELETE',
    path: '/workerTokens/{workerTokenId}',
    operationId: 'revokeWorkerToken',
    summary: 'Revokes a worker token; its workers are refused within five seconds.',
    access: LOGIN,
    response: StatusAnswer,
    handle: async ({ ctx, params }) => {
      await revokeWorkerToken(ctx, params.workerTokenId);
      return { status: 'Success' };
    },
  }),
];
