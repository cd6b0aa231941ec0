import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import { REQUEST_ID } from '#http/request-id.ts';
import type { Platform } from '#kernel/context.ts';
import { buildApp } from './app.ts';
import { deferring } from './deferred.ts';
import type { FindPageFiles } from './docs/files.ts';

/** The gateway hands paths over decoded, and the router decodes once more: so they are encoded again. */
const encodedPath = (path: string): string =>
  path.toWellFormed().split('/').map(encodeURIComponent).join('/');

/** The event as the adapter takes it; a GET with a body, which some scripts send, is asked without. */
function readable(event: LambdaEvent): LambdaEvent {
  if (!('rawPath' in event)) return event;
  const hasNoBody = ['GET', 'HEAD'].includes(event.requestContext.http.method);
  return { ...event, rawPath: encodedPath(event.rawPath), ...(hasNoBody && { body: null }) };
}

/** The API as a Lambda function: answers one request; prints one line for it, without query (which may hold signatures). */
export function lambdaHandler(platform: Platform, findFiles?: FindPageFiles) {
  const { defer, settled } = deferring(platform.log);
  const answer = handle(buildApp(platform, defer, findFiles));
  return async (event: LambdaEvent, context: LambdaContext) => {
    const startedAt = performance.now();
    const path = 'rawPath' in event ? event.rawPath : '';
    const result = await answer(readable(event), context);
    await settled();
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
