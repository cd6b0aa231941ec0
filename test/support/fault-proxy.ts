import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request on its way to the server behind the proxy. */
export interface ProxiedCall {
  readonly method: string;
  readonly path: string;
  /** The operation's name in AWS's JSON protocols, e.g. `PutItem`; empty elsewhere. */
  readonly operation: string;
  readonly body: string;
  /** How many calls came before it since the faults were last set. */
  readonly before: number;
}

/**
 * What happens to a call: `pass`; `drop-answer` does it and cuts the connection instead of
 * answering; `cut-answer` cuts it in the middle of the answer's body; `reset` cuts it before
 * anything is done; an answer of its own instead; or a delay before it passes.
 */
export type Fault =
  | 'pass'
  | 'drop-answer'
  | 'cut-answer'
  | 'reset'
  | { readonly status: number; readonly body: string }
  | { readonly delayMs: number };

/** The body that goes back in the place of the one that the server sent. */
export type Rewrite = (call: ProxiedCall, status: number, body: Buffer) => Buffer;

export interface FaultProxy {
  readonly endpoint: string;
  /** Sets what happens from now on and forgets the calls so far; with `rewrite` it keeps no calls. */
  setFaults(decide: (call: ProxiedCall) => Fault, rewrite?: Rewrite): void;
  /** The calls since the faults were last set. */
  readonly calls: readonly ProxiedCall[];
  stop(): Promise<void>;
}

/** The error that DynamoDB answers with; `name` without its namespace. */
export const dynamoError = (name: string, status = 400): Fault => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name }),
});

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const operationOf = (target: string | string[] | undefined): string =>
  String(target ?? '').replace(/^.*\./, '');

interface Answer {
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

const forward = (target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method, headers } = incoming;
    // The Host header stays the proxy's: it is part of what the client signed.
    const onward = request(new URL(incoming.url ?? '/', target), { method, headers }, (message) => {
      bodyOf(message).then((answer) => resolve({ message, body: answer }), reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });

function answer(response: ServerResponse, { message, body }: Answer, cut: boolean): void {
  const { 'transfer-encoding': _chunked, ...headers } = message.headers;
  // The length that an answer to HEAD tells is that of a body that it does not have.
  const length = response.req.method === 'HEAD' ? {} : { 'content-length': body.byteLength };
  response.writeHead(message.statusCode ?? 502, { ...headers, ...length });
  if (!cut) return void response.end(body);
  response.write(body.subarray(0, Math.floor(body.byteLength / 2)), () => response.destroy());
}

async function handle(
  target: string,
  fault: Fault,
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  rewrite: (status: number, body: Buffer) => Buffer,
): Promise<void> {
  if (fault === 'reset') return void response.destroy();
  if (typeof fault === 'object' && 'status' in fault) {
    response.writeHead(fault.status, { 'content-type': 'application/x-amz-json-1.0' });
    return void response.end(fault.body);
  }
  if (typeof fault === 'object') await new Promise((done) => setTimeout(done, fault.delayMs));
  const answered = await forward(target, incoming, body);
  if (fault === 'drop-answer') return void response.destroy();
  const sent = rewrite(answered.message.statusCode ?? 502, answered.body);
  answer(response, { ...answered, body: sent }, fault === 'cut-answer');
}

/** Stands between a client and the server at `target` and does what the test wants to go wrong. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let decide: (call: ProxiedCall) => Fault = () => 'pass';
  let rewrite: Rewrite | undefined;
  let calls: ProxiedCall[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const call = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      operation: operationOf(incoming.headers['x-amz-target']),
      body: body.toString('utf8'),
      before: calls.length,
    };
    if (rewrite === undefined) calls.push(call);
    await handle(target, decide(call), incoming, body, response, (status, sent) =>
      rewrite === undefined ? sent : rewrite(call, status, sent),
    );
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    setFaults(next, rewritten) {
      decide = next;
      rewrite = rewritten;
      calls = [];
    },
    get calls() {
      return calls;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
