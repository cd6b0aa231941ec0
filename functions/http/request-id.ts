import { randomUUID } from 'node:crypto';

/** The header that carries it, both ways. */
export const REQUEST_ID = 'x-request-id';

/** What is safe to send back and to print. */
const FORM = /^[A-Za-z0-9._=+/-]{1,64}$/;

const known = new WeakMap<Request, string>();

/** The id of a request: the caller's own where it is of a harmless form, else the gateway's, else a new one. Always the same for one request. */
export function requestIdOf(request: Request, gatewayId?: string): string {
  const before = known.get(request);
  if (before !== undefined) return before;
  const own = request.headers.get(REQUEST_ID);
  const id = [own, gatewayId].find((each) => FORM.test(each ?? '')) ?? randomUUID();
  known.set(request, id);
  return id;
}
