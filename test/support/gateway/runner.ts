import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { gatewayMessage, toAnswer, type WireAnswer } from './answers.ts';
import { BadPath, toEvent, type WireRequest } from './events.ts';

/** A Lambda function behind the gateway; `Event` is its own type of events in format 2.0. */
export type GatewayHandler<Event = APIGatewayProxyEventV2> = (
  event: Event,
  context: Context,
) => unknown;

export interface GatewayLimits {
  readonly bodyBytes: number;
  /** Of the event and of the result, as JSON. */
  readonly payloadBytes: number;
  /** Of the request line and the headers together. */
  readonly headBytes: number;
  readonly timeoutMs: number;
}

/** The limits of HTTP APIs and of synchronous invocations. */
export const AWS_LIMITS: GatewayLimits = {
  bodyBytes: 10 * 1024 * 1024,
  payloadBytes: 6 * 1024 * 1024,
  headBytes: 10_240,
  timeoutMs: 30_000,
};

export interface Gateway {
  readonly url: string;
  stop(): Promise<void>;
}

const TOO_LARGE = gatewayMessage(413, 'Request Entity Too Large');
const FAILED = gatewayMessage(500, 'Internal Server Error');
// Node's own bound must not be met before ours.
const PARSER_HEAD_BYTES = 256 * 1024;

const headerLines = ({ rawHeaders }: IncomingMessage): [string, string][] => {
  const lines: [string, string][] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    lines.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  }
  return lines;
};

/** Bytes of the request line and of every header line with its separators. */
function headBytes(incoming: IncomingMessage): number {
  const line = `${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}\r\n`;
  const lines = headerLines(incoming).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.byteLength(line + lines.join(''), 'latin1');
}

const NO_BODY = Buffer.alloc(0);

/** The body, or `undefined` as soon as it is longer than allowed. */
async function readBody(incoming: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const { 'content-length': length, 'transfer-encoding': coding } = incoming.headers;
  if (Number(length ?? 0) > most) return undefined;
  if (length === undefined && coding === undefined) return NO_BODY;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).byteLength;
    if (bytes > most) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function lambdaContext(requestId: string, timeoutMs: number): Context {
  const endsAt = Date.now() + timeoutMs;
  const functionName = 'local';
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: requestId,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

const TIMED_OUT = Symbol('timed out');

async function withinTime(call: () => unknown, timeoutMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMED_OUT), timeoutMs);
  });
  try {
    return await Promise.race([(async () => call())(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the gateway reads of a result. A body is the same text before and after, and may be long. */
function asRead(result: unknown): unknown {
  const { body, ...rest } = Object(result) as { readonly body?: unknown };
  if (typeof body !== 'string') return JSON.parse(JSON.stringify(result ?? null));
  return { ...JSON.parse(JSON.stringify(rest)), body };
}

/** Calls the function as Lambda does: what goes in and comes out is JSON. */
async function invoke<Event>(
  handler: GatewayHandler<Event>,
  event: APIGatewayProxyEventV2,
  limits: GatewayLimits,
): Promise<WireAnswer> {
  const payload = JSON.stringify(event);
  if (Buffer.byteLength(payload) > limits.payloadBytes) return TOO_LARGE;
  const context = lambdaContext(event.requestContext.requestId, limits.timeoutMs);
  try {
    const result = await withinTime(() => handler(JSON.parse(payload), context), limits.timeoutMs);
    if (result === TIMED_OUT) return gatewayMessage(503, 'Service Unavailable');
    const returned = JSON.stringify(result ?? null);
    return Buffer.byteLength(returned) > limits.payloadBytes ? FAILED : toAnswer(asRead(result));
  } catch {
    return FAILED;
  }
}

async function answerTo<Event>(
  handler: GatewayHandler<Event>,
  incoming: IncomingMessage,
  limits: GatewayLimits,
): Promise<WireAnswer> {
  if (headBytes(incoming) > limits.headBytes) {
    return gatewayMessage(431, 'Request Header Fields Too Large');
  }
  const body = await readBody(incoming, limits.bodyBytes);
  if (body === undefined) return TOO_LARGE;
  const request: WireRequest = {
    method: incoming.method ?? 'GET',
    target: incoming.url ?? '/',
    protocol: `HTTP/${incoming.httpVersion}`,
    headers: headerLines(incoming),
    body,
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
    // Cookies that are marked as secure would not come back over the loopback's http.
    scheme: 'http',
    port: incoming.socket.localPort ?? 80,
    requestId: randomUUID(),
    receivedAt: new Date(),
  };
  try {
    return await invoke(handler, toEvent(request), limits);
  } catch (error) {
    if (error instanceof BadPath) return gatewayMessage(400, 'Bad Request');
    throw error;
  }
}

function send(incoming: IncomingMessage, response: ServerResponse, answer: WireAnswer): void {
  const lines = answer.headers.filter(([name]) => name !== 'content-length');
  response.statusCode = answer.status;
  for (const [name, value] of lines) response.appendHeader(name, value);
  if (!incoming.complete) {
    // The rest of a body that is too long is read and dropped, so that the client gets to read.
    response.setHeader('connection', 'close');
    incoming.resume();
  }
  response.setHeader('content-length', answer.body.byteLength);
  response.end(answer.body);
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server.address() as AddressInfo));
  });
}

/**
 * API Gateway (HTTP API, payload 2.0) and Lambda in this process: an HTTP server on the loopback
 * that turns requests into events, applies the limits of AWS and calls the function itself.
 */
export async function gatewayRunner<Event = APIGatewayProxyEventV2>(
  handler: GatewayHandler<Event>,
  options: { readonly limits?: Partial<GatewayLimits>; readonly port?: number } = {},
): Promise<Gateway> {
  const limits = { ...AWS_LIMITS, ...options.limits };
  const server = createServer({ maxHeaderSize: PARSER_HEAD_BYTES }, (incoming, response) => {
    answerTo(handler, incoming, limits).then(
      (answer) => send(incoming, response, answer),
      () => response.destroy(),
    );
  });
  const { port } = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
