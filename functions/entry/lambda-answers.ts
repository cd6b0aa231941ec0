import type { Hono } from 'hono';
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { REQUEST_ID } from '#http/request-id.ts';
import type { Logger } from '#kernel/context.ts';
import { deferring } from './deferred.ts';

/** The gateway hands paths over decoded, and the router decodes once more: so they are encoded again. */
const encodedPath = (path: string): string =>
  path.toWellFormed().split('/').map(encodeURIComponent).join('/');

/** The event as the adapter takes it; a GET with a body, which some scripts send, is asked without. */
function readable(event: LambdaEvent): LambdaEvent {
  if (!('rawPath' in event)) return event;
  const hasNoBody = ['GET', 'HEAD'].includes(event.requestContext.http.method);
  return { ...event, rawPath: encodedPath(event.rawPath), ...(hasNoBody && { body: null }) };
}

/** So long before its end the function answers, whatever it waits for. */
const LAST_MS = 1_000;

/** What `work` gives, or `undefined` when it takes too long. */
async function inTime<T>(work: Promise<T>, context: LambdaContext): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const leftMs = Math.max(0, context.getRemainingTimeInMillis() - LAST_MS);
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), leftMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Whoever waits learns that the call may be repeated, which the gateway's own answer does not tell. */
const tooLate = () => ({
  statusCode: 503,
  headers: {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'retry-after': '1',
  } as Record<string, string>,
  body: JSON.stringify({
    error_code: 'TEMPORARILY_UNAVAILABLE',
    message: 'The call took too long. It may have been done; look, or try again.',
  }),
  isBase64Encoded: false,
});

interface Logging {
  readonly log: Logger;
}
type BuildApp<P> = (platform: P, defer: (work: Promise<unknown>) => void) => Hono;

/** An application as a Lambda function: answers one request; prints one line for it, without query (which may hold signatures). */
export function lambdaAnswers<P extends Logging>(platform: P, build: BuildApp<P>) {
  const { defer, settled } = deferring(platform.log);
  const answer = handle(build(platform, defer));
  return async (event: LambdaEvent, context: LambdaContext) => {
    const startedAt = performance.now();
    const path = 'rawPath' in event ? event.rawPath : '';
    const result = (await inTime(answer(readable(event), context), context)) ?? tooLate();
    // What it leaves behind must not cost the answer that is there: the sweeper makes up for it.
    await inTime(settled(), context);
    platform.log.info('request', {
      method:
        'requestContext' in event && 'http' in event.requestContext
          ? event.requestContext.http.method
          : '',
      path,
      status: 'statusCode' in result ? result.statusCode : 200,
      requestId: result.headers?.[REQUEST_ID],
      ms: Math.round(performance.now() - startedAt),
    });
    return result;
  };
}
