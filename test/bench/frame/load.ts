/** Connections that are kept open, each asking again as soon as it has its answer. */
import { Client } from 'undici';

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
  /** Answers other than 200 are passed over, as long as they are few. */
  readonly stumbles?: true | undefined;
  readonly signal: AbortSignal;
}

export interface Load {
  readonly seconds: number;
  /** Milliseconds of each request that was answered well. */
  readonly latencies: readonly number[];
}

/** An answer other than the one that a scenario is about; figures of it would be worthless. */
export class WrongAnswer extends Error {}

/** As long as MLflow's client waits, which some of its server's answers need. */
const TIMEOUT_MS = 120_000;
const SHOWN = 400;

/** The status of an answer that was read to its end, and its text if it is not wanted. */
export interface Outcome {
  readonly status: number;
  readonly text: string;
}

/** A request whose body may be packed. */
type Sent = Omit<BenchRequest, 'body'> & { readonly body?: string | Buffer };

/**
 * One request by the lowest call of undici, which costs a third of the CPU of `node:http`: beside
 * a server that answers thousands a second, the client must not be what is measured.
 */
export function exchange(
  connection: Client,
  { method, path, body }: Sent,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const unwanted: Buffer[] = [];
    const typed = body === undefined ? headers : { ...headers, 'content-type': 'application/json' };
    connection.dispatch(
      { method, path, headers: typed, body: body ?? null },
      {
        // By this one undici tells today's handlers from those of older versions.
        onRequestStart() {},
        onResponseStart(_, statusCode) {
          status = statusCode;
        },
        onResponseData(_, chunk) {
          if (status !== 200) unwanted.push(chunk);
        },
        onResponseEnd() {
          resolve({ status, text: Buffer.concat(unwanted).toString('utf8', 0, SHOWN) });
        },
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

/** Of all answers; more than so many are no accidents. */
const MOST_STUMBLES = 0.3;

interface Answers {
  readonly latencies: readonly number[];
  /** Answers that were passed over. */
  readonly stumbles: number;
}

/** Whether the answer is one that counts. */
async function ask(options: LoadOptions, connection: Client): Promise<boolean> {
  const request = options.next();
  const { status, text } = await exchange(connection, request, options.headers);
  if (status === 200) return true;
  if (options.stumbles === true) return false;
  throw new WrongAnswer(`${request.method} ${request.path}: ${status} ${text}`);
}

/** One connection: asks until the time is over and notes how long each answer took. */
async function client(options: LoadOptions, connection: Client, ms: number): Promise<Answers> {
  const latencies: number[] = [];
  let stumbles = 0;
  const until = performance.now() + ms;
  for (let before = performance.now(); before < until; ) {
    options.signal.throwIfAborted();
    const counts = await ask(options, connection);
    const after = performance.now();
    if (counts) latencies.push(after - before);
    else stumbles += 1;
    before = after;
  }
  return { latencies, stumbles };
}

/** What all connections were answered. Rejects where too few of the answers were the wanted one. */
async function together(
  options: LoadOptions,
  connections: readonly Client[],
  ms: number,
): Promise<readonly number[]> {
  const all = await Promise.all(connections.map((connection) => client(options, connection, ms)));
  const latencies = all.flatMap((each) => each.latencies);
  const stumbles = all.reduce((sum, each) => sum + each.stumbles, 0);
  if (stumbles > connections.length + MOST_STUMBLES * latencies.length) {
    throw new WrongAnswer(`${stumbles} answers other than 200 beside ${latencies.length} of 200.`);
  }
  return latencies;
}

/**
 * Asks with so many connections for so long. `onStart` is called between the warm-up and the
 * measured part. Rejects with the first answer that is not 200.
 */
export async function applyLoad(options: LoadOptions, onStart = (): void => {}): Promise<Load> {
  const connections = Array.from(
    { length: options.clients },
    () =>
      new Client(options.url, {
        pipelining: 1,
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      }),
  );
  try {
    await together(options, connections, options.warmUpMs);
    onStart();
    const startedAt = performance.now();
    const latencies = await together(options, connections, options.ms);
    return { seconds: (performance.now() - startedAt) / 1000, latencies };
  } finally {
    await Promise.all(connections.map((connection) => connection.destroy()));
  }
}
