/** Connections that are kept open, each asking again as soon as it has its answer. */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';

export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

/** Called for each request, so that names can be new each time. */
export type NextRequest = () => BenchRequest;

export interface LoadOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly next: NextRequest;
  readonly clients: number;
  /** Asked before the clock starts, on the same connections. */
  readonly warmUpMs: number;
  readonly ms: number;
  readonly signal: AbortSignal;
}

export interface Load {
  readonly seconds: number;
  /** Milliseconds of each request that was answered well. */
  readonly latencies: readonly number[];
}

/** An answer other than the one that a scenario is about; figures of it would be worthless. */
export class WrongAnswer extends Error {}

const TIMEOUT_MS = 30_000;
const SHOWN = 400;

function answered(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads to the end; keeps the body only of an answer that is not wanted. */
function drained(incoming: IncomingMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    incoming.on('end', resolve);
    incoming.on('error', reject);
    incoming.resume();
  });
}

async function ask(options: LoadOptions, agent: Agent): Promise<void> {
  const { method, path, body } = options.next();
  const typed =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const sent = httpRequest(`${options.url}${path}`, {
    method,
    agent,
    headers: { ...options.headers, ...typed },
    timeout: TIMEOUT_MS,
  });
  sent.on('timeout', () => sent.destroy(new Error(`No answer to ${method} ${path} in 30 s.`)));
  sent.end(body);
  const incoming = await answered(sent);
  if (incoming.statusCode === 200) return drained(incoming);
  const text = (await textOf(incoming)).slice(0, SHOWN);
  throw new WrongAnswer(`${method} ${path}: ${incoming.statusCode} ${text}`);
}

/** One connection: asks until the time is over and notes how long each answer took. */
async function client(options: LoadOptions, agent: Agent, ms: number): Promise<number[]> {
  const latencies: number[] = [];
  const until = performance.now() + ms;
  for (let before = performance.now(); before < until; ) {
    options.signal.throwIfAborted();
    await ask(options, agent);
    const after = performance.now();
    latencies.push(after - before);
    before = after;
  }
  return latencies;
}

/**
 * Asks with so many connections for so long. `onStart` is called between the warm-up and the
 * measured part. Rejects with the first answer that is not 200.
 */
export async function applyLoad(options: LoadOptions, onStart = (): void => {}): Promise<Load> {
  const { clients } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: clients, maxFreeSockets: clients });
  const together = (ms: number) =>
    Promise.all(Array.from({ length: clients }, () => client(options, agent, ms)));
  try {
    await together(options.warmUpMs);
    onStart();
    const startedAt = performance.now();
    const latencies = (await together(options.ms)).flat();
    return { seconds: (performance.now() - startedAt) / 1000, latencies };
  } finally {
    agent.destroy();
  }
}
