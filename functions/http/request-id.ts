import { randomUUID } from 'node:crypto';

/** The header that carries it, both ways. */
export const REQUEST_ID = 'x-request-id';

/** What is safe to send back and to print. */
const FORM = /^[A-Za-z0-9._=+/-]{1,64}$/;

/** The header in which a dialect's callers name a request, and what they may call it. */
export interface RequestIdHeader {
  readonly name: string;
  readonly form: RegExp;
}

/** Where the id of a request may come from, beside the header that all dialects have. */
export interface RequestIdSources {
  readonly gatewayId?: string | undefined;
  readonly header?: RequestIdHeader | undefined;
}

const known = new WeakMap<Request, string>();

/** The id of a request: the caller's own where it is of a harmless form, else the gateway's, else a new one. Always the same for one request. */
export function requestIdOf(
  request: Request,
  { gatewayId, header }: RequestIdSources = {},
): string {
  const before = known.get(request);
  if (before !== undefined) return before;
  const form = header?.form ?? FORM;
  const own = request.headers.get(REQUEST_ID);
  const given = [header && request.headers.get(header.name), own, gatewayId];
  const id = given.find((each) => form.test(each ?? '')) ?? randomUUID();
  known.set(request, id);
  return id;
}
