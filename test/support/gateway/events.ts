import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query string, still encoded. */
  readonly target: string;
  readonly protocol: string;
  /** Name and value of each header line, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly sourceIp: string;
  /** As the client sees it: always https on AWS, http on the loopback. */
  readonly scheme: 'http' | 'https';
  readonly port: number;
  readonly requestId: string;
  readonly receivedAt: Date;
}

const API_ID = 'local';
const ACCOUNT_ID = '000000000000';
const STAGE = '$default';

/** The path is no text after its escapes are resolved; the gateway refuses the request. */
export class BadPath extends Error {}

function decodedPath(path: string): string {
  if (/%(?![0-9a-f]{2})/i.test(path)) throw new BadPath(path);
  const bytes: number[] = [];
  for (const [part] of path.matchAll(/%[0-9a-f]{2}|[^%]+/gi)) {
    if (part.startsWith('%')) bytes.push(Number.parseInt(part.slice(1), 16));
    else bytes.push(...Buffer.from(part));
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Lower-case names; lines of one name are joined by commas. */
function joinedHeaders(lines: WireRequest['headers']): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const before = joined.get(key);
    joined.set(key, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

/** The cookies of all Cookie headers, one by one; the event's headers have none. */
const cookiesOf = (lines: WireRequest['headers']): string[] =>
  lines
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';'))
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');

function queryParameters(query: string): Record<string, string> | undefined {
  if (query === '') return undefined;
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(joined);
}

const TEXT = /^(?:text\/[^;]*|application\/(?:json|javascript|xml))\s*(?:;|$)/i;

const textOf = (body: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
};

/** Only a few media types arrive as text, form posts are not among them. */
function bodyOf(headers: Record<string, string>, body: Uint8Array) {
  if (body.byteLength === 0) return { isBase64Encoded: false };
  const plain = TEXT.test(headers['content-type'] ?? '') && !('content-encoding' in headers);
  const text = plain ? textOf(body) : undefined;
  return text === undefined
    ? { isBase64Encoded: true, body: Buffer.from(body).toString('base64') }
    : { isBase64Encoded: false, body: text };
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const two = (part: number): string => String(part).padStart(2, '0');

/** As in access logs: `21/Nov/2026:01:02:03 +0000`. */
const logTime = (at: Date): string =>
  `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}:` +
  `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;

function requestContext(request: WireRequest, path: string, headers: Record<string, string>) {
  const domainName = headers.host ?? 'localhost';
  return {
    accountId: ACCOUNT_ID,
    apiId: API_ID,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? domainName,
    http: {
      method: request.method,
      path,
      protocol: request.protocol,
      sourceIp: request.sourceIp,
      userAgent: headers['user-agent'] ?? '',
    },
    requestId: request.requestId,
    routeKey: STAGE,
    stage: STAGE,
    time: logTime(request.receivedAt),
    timeEpoch: request.receivedAt.getTime(),
  };
}

/**
 * The event (payload format 2.0) that an HTTP API with one `$default` route and stage hands to its
 * function. Facts that were not measured on AWS: how it treats escapes that are no UTF-8 (here the
 * replacement character) or no escapes at all (here {@link BadPath}).
 */
export function toEvent(request: WireRequest): APIGatewayProxyEventV2 {
  const mark = request.target.indexOf('?');
  const [path, query] =
    mark === -1
      ? [request.target, '']
      : [request.target.slice(0, mark), request.target.slice(mark + 1)];
  const rawPath = decodedPath(path);
  const { cookie: _cookie, ...headers } = joinedHeaders(request.headers);
  const cookies = cookiesOf(request.headers);
  const queryStringParameters = queryParameters(query);
  const forwarded = {
    'x-forwarded-for': request.sourceIp,
    'x-forwarded-port': String(request.port),
    'x-forwarded-proto': request.scheme,
  };
  return {
    version: '2.0',
    routeKey: STAGE,
    rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers: { ...headers, ...forwarded },
    ...(queryStringParameters !== undefined && { queryStringParameters }),
    requestContext: requestContext(request, rawPath, headers),
    ...bodyOf(headers, request.body),
  };
}
