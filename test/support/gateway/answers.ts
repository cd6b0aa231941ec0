/** What the gateway sends to the client. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** An answer of the gateway itself. */
export const gatewayMessage = (status: number, message: string): WireAnswer => ({
  status,
  headers: [['content-type', 'application/json']],
  body: Buffer.from(JSON.stringify({ message })),
});

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// These belong to a connection; the gateway speaks for its own.
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function headersOf(headers: unknown, cookies: unknown): [string, string][] {
  const lines = Object.entries(isRecord(headers) ? headers : {}).map(
    ([name, value]): [string, string] => [name.toLowerCase(), String(value)],
  );
  const kept = lines.filter(([name]) => !HOP_BY_HOP.has(name));
  if (!kept.some(([name]) => name === 'content-type')) {
    kept.push(['content-type', 'text/plain;charset=UTF-8']);
  }
  const set = Array.isArray(cookies) ? cookies : [];
  return [...kept, ...set.map((cookie): [string, string] => ['set-cookie', String(cookie)])];
}

const malformed = (): WireAnswer => gatewayMessage(500, 'Internal Server Error');

/**
 * How the gateway reads what a function returned: with a `statusCode` it is a response, anything
 * else is the JSON body of a 200.
 */
export function toAnswer(result: unknown): WireAnswer {
  if (!isRecord(result) || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    const headers = [['content-type', 'application/json']] as const;
    return { status: 200, headers, body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body = '', isBase64Encoded } = result;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return malformed();
  if (typeof body !== 'string') return malformed();
  return {
    status,
    headers: headersOf(headers, cookies),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
