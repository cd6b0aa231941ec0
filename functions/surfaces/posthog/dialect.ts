import type { Dialect } from '#http/dialect.ts';
import { takeCall } from '#http/rate-limit.ts';
import type { Route } from '#http/route.ts';
import type { Context } from '#kernel/context.ts';
import { invalidInput, invalidJson, posthogError } from './errors.ts';
import { keyOfQuery, narrow } from './project.ts';

const RATE_LIMIT = { perMinute: 480, perHour: 4_800 };

/** People and their sessions are not counted; the evaluation of flags is what clients live on. */
export async function admit(ctx: Context, { access }: Route): Promise<void> {
  const { actor } = ctx;
  const isCounted = access.kind !== 'public' && actor.kind === 'user';
  if (isCounted && actor.tokenId !== undefined) await takeCall(ctx, actor.tokenId, RATE_LIMIT);
}

export function respond(value: unknown, _request: Request, route: Route): Response {
  const status = route.status ?? 200;
  const headers = { 'cache-control': 'no-store' };
  return status === 204
    ? new Response(null, { status, headers })
    : Response.json(value, { status, headers });
}

/** PostHog's API of experiments and feature flags, below `/api`, or a part of it. */
export const posthogDialect = (routes: readonly Route[]): Dialect => ({
  routes,
  changes: { keyHeader: 'idempotency-key' },
  credential: keyOfQuery,
  invalidInput,
  invalidJson,
  narrow,
  admit,
  errorResponse: posthogError,
  respond,
});
