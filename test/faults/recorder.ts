import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A line that the API said it has stored, and the attempt that sent it. */
export interface AcknowledgedLine {
  readonly attempt: number;
  readonly number: number;
  readonly message: string;
}

/** An attempt as it was handed to a worker. */
export interface SeenClaim {
  readonly attempt: number;
  readonly runId: string;
}

/** Stands between workers and the API, remembers what the API promised, and may cut the line. */
export interface Recorder {
  readonly url: string;
  acknowledged(jobId: number): readonly AcknowledgedLine[];
  claims(jobId: number): readonly SeenClaim[];
  /** Answers of 409 to what a worker asked about the job. */
  refused(jobId: number): readonly string[];
  /** From now on nothing passes, until `restore`. */
  cut(): void;
  restore(): void;
  /** From now on the first answer of each call of the protocol gets lost, after it was done. */
  loseFirstAnswers(): void;
  close(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

interface Book {
  readonly lines: Map<number, AcknowledgedLine[]>;
  readonly claims: Map<number, SeenClaim[]>;
  readonly refused: Map<number, string[]>;
}

const addTo = <T>(map: Map<number, T[]>, jobId: number, ...values: readonly T[]): void => {
  map.set(jobId, [...(map.get(jobId) ?? []), ...values]);
};

function noteLog(book: Book, jobId: number, asked: string, answered: string): void {
  const { attempt, first, lines } = JSON.parse(asked);
  const { next } = JSON.parse(answered);
  const known = new Set(
    (book.lines.get(jobId) ?? []).filter((l) => l.attempt === attempt).map((l) => l.number),
  );
  const stored = (lines as { message: string }[])
    .map(({ message }, index) => ({ attempt, number: first + index, message }))
    .filter(({ number }) => number < next && !known.has(number));
  addTo(book.lines, jobId, ...stored);
}

function note(book: Book, path: string, status: number, asked: string, answered: string): void {
  if (path === '/api/worker/v1/claim' && status === 200) {
    const { claim } = JSON.parse(answered);
    if (claim === null) return;
    const { jobId, attempt, runId } = claim;
    if (!book.claims.get(jobId)?.some((seen) => seen.runId === runId)) {
      addTo(book.claims, jobId, { attempt, runId });
    }
    return;
  }
  const [, id, verb = ''] = /^\/api\/worker\/v1\/jobs\/(\d+)\/(\w+)$/.exec(path) ?? [];
  if (id === undefined) return;
  if (status === 409) addTo(book.refused, Number(id), verb);
  if (verb === 'log' && status === 200) noteLog(book, Number(id), asked, answered);
}

const forward = (target: string, incoming: IncomingMessage, body: Buffer) =>
  new Promise<{ message: IncomingMessage; body: Buffer }>((resolve, reject) => {
    const { method, headers } = incoming;
    const url = new URL(incoming.url ?? '/', target);
    const onward = request(url, { method, headers, agent: false }, (message) => {
      bodyOf(message).then((answer) => resolve({ message, body: answer }), reject);
    });
    onward.once('error', reject);
    onward.end(body);
  });

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Listens before the API at `target`. */
export async function startRecorder(target: string): Promise<Recorder> {
  const book: Book = { lines: new Map(), claims: new Map(), refused: new Map() };
  const sockets = new Set<Socket>();
  let open = true;
  let losing: Set<string> | undefined;
  const isLost = (path: string): boolean => {
    if (losing === undefined || !path.startsWith('/api/worker/') || losing.has(path)) return false;
    losing.add(path);
    return true;
  };
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const asked = await bodyOf(incoming);
    const { message, body } = await forward(target, incoming, asked);
    const status = message.statusCode ?? 502;
    note(book, incoming.url ?? '', status, asked.toString('utf8'), body.toString('utf8'));
    if (!open || isLost(incoming.url ?? '')) return void response.destroy();
    const { 'transfer-encoding': _chunked, ...headers } = message.headers;
    response.writeHead(status, { ...headers, 'content-length': body.byteLength }).end(body);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (!open) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    acknowledged: (jobId) => book.lines.get(jobId) ?? [],
    claims: (jobId) => book.claims.get(jobId) ?? [],
    refused: (jobId) => book.refused.get(jobId) ?? [],
    cut() {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    restore() {
      open = true;
      losing = undefined;
    },
    loseFirstAnswers() {
      losing = new Set();
    },
    close: () => close(server),
  };
}
