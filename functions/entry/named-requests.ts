import type { MiddlewareHandler } from 'hono';
import { REQUEST_ID, requestIdOf } from '#http/request-id.ts';
import { gatewayIdOf } from './gateway-id.ts';

/** Every answer says what its request is called. */
export const namedRequests: MiddlewareHandler = async (c, next) => {
  const requestId = requestIdOf(c.req.raw, { gatewayId: gatewayIdOf(c.env) });
  await next();
  c.res.headers.set(REQUEST_ID, requestId);
};
