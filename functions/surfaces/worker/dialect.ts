import * as z from 'zod';
import {
  appendWorkerLog,
  ClaimAnswer,
  ClaimRequest,
  claimJob,
  FinishRequest,
  finishJob,
  HeartbeatAnswer,
  HeartbeatRequest,
  LogAnswer,
  LogRequest,
  ReleaseRequest,
  RetireRequest,
  releaseJob,
  renewLease,
  retireWorker,
} from '#domain/jobs/index.ts';
import type { Dialect } from '#http/dialect.ts';
import { type Route, route, WORKER } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { AppError, type ErrorCode } from '#kernel/errors.ts';
import { documentRoute } from './document.ts';
import { uploadRoutes } from './uploads.ts';

/** Between two looks for a job while a call waits for one. */
const LOOK_MS = 500;
const Empty = z.object({});
/** Of a body that breaks the protocol. */
const MAX_ISSUES = 20;
const MAX_MESSAGE = 500;

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Claims, waiting as long as the caller allows where waiting costs nothing. */
async function claimWaiting(
  ctx: Context,
  request: ClaimRequest,
  signal: AbortSignal,
): Promise<ClaimAnswer> {
  const { pollSeconds, pools } = ctx.settings;
  const kind = pools.find(({ name }) => name === request.pool)?.kind;
  const byMessages = request.jobId === undefined && kind === 'managed';
  const waitSeconds = pollSeconds === undefined ? request.waitSeconds : 0;
  const until = ctx.clock.now() + waitSeconds * 1000;
  for (;;) {
    const claim = await claimJob(ctx, request);
    if (claim !== undefined) return { claim };
    if (byMessages) return { claim: null, byMessages };
    if (ctx.clock.now() >= until || signal.aborted) break;
    await sleep(LOOK_MS);
  }
  return { claim: null, ...(pollSeconds === undefined ? {} : { pauseSeconds: pollSeconds }) };
}

const calls: readonly Route[] = [
  route({
    method: 'POST',
    path: '/claim',
    operationId: 'claimJob',
    summary: 'Gives the worker a job of its pool, or none.',
    access: WORKER,
    body: ClaimRequest,
    response: ClaimAnswer,
    handle: ({ ctx, body, request }) => claimWaiting(ctx, body, request.signal),
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/heartbeat',
    operationId: 'renewLease',
    summary: 'Renews the lease; tells whether the job must end.',
    access: WORKER,
    body: HeartbeatRequest,
    response: HeartbeatAnswer,
    handle: ({ ctx, params, body }) => renewLease(ctx, { ...params, ...body }),
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/log',
    operationId: 'appendWorkerLog',
    summary: "Stores lines of the attempt's log, each once and in order.",
    access: WORKER,
    body: LogRequest,
    response: LogAnswer,
    handle: ({ ctx, params, body: { attempt, lease, first, lines } }) =>
      appendWorkerLog(
        ctx,
        { ...params, attempt, lease },
        { first, lines: lines.map(({ time, ...line }) => ({ ...line, createdOn: time })) },
      ),
  }),
  ...uploadRoutes,
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/finish',
    operationId: 'finishJob',
    summary: 'Ends the attempt: state, artifacts and run in one commit.',
    access: WORKER,
    body: FinishRequest,
    response: Empty,
    handle: async ({ ctx, params, body }) => {
      await finishJob(ctx, params.jobId, body);
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/jobs/{jobId:int}/release',
    operationId: 'releaseJob',
    summary: 'Gives the job back to its queue.',
    access: WORKER,
    body: ReleaseRequest,
    response: Empty,
    handle: async ({ ctx, params, body }) => {
      await releaseJob(ctx, { ...params, ...body });
      return {};
    },
  }),
  route({
    method: 'POST',
    path: '/retire',
    operationId: 'retireWorker',
    summary: 'The worker ends: a token that was made for it alone is good no longer.',
    access: WORKER,
    body: RetireRequest,
    response: Empty,
    handle: async ({ ctx }) => {
      await retireWorker(ctx);
      return {};
    },
  }),
];

export const workerRoutes: readonly Route[] = [...calls, documentRoute(async () => workerRoutes)];

const status: { readonly [code in ErrorCode]: number } = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  deleted: 409,
  locked: 409,
  precondition_failed: 412,
  unprocessable: 422,
  too_large: 413,
  too_many_requests: 429,
  method_not_allowed: 405,
  not_supported: 501,
  unavailable: 503,
  internal: 500,
};

function errorResponse(error: AppError): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter));
  const { code, reason, message, detail } = error;
  return Response.json({ code, reason, message, detail }, { status: status[code], headers });
}

/** The protocol between the API and workers, under `/api/worker/v1`. */
export const workerDialect: Dialect = {
  routes: workerRoutes,
  invalidInput: (place, issues) =>
    new AppError('invalid', `The ${place} breaks the protocol.`, {
      reason: 'input',
      detail: {
        issues: issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
          path: path.map(String).join('.'),
          message: message.slice(0, MAX_MESSAGE),
        })),
      },
    }),
  invalidJson: (message) => new AppError('invalid', message, { reason: 'input' }),
  errorResponse,
  respond: (value) => Response.json(value, { headers: { 'cache-control': 'no-store' } }),
};
