import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { failureOf, HttpFailure, LONG, request, retrying, timeLimit } from './http.ts';

export interface Download {
  readonly apiUrl: string;
  /** A route of the API, with its query. */
  readonly path: string;
  readonly token: string;
  readonly maxBytes: number;
}

export class DownloadRefused extends Error {
  override readonly name = 'DownloadRefused';
}

const MAX_REDIRECTS = 5;
const TIMEOUT_MS = 30 * 60_000;

/** Writes what the route answers into a new file, with its retries starting afresh. */
export async function downloadTo(
  file: string,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const { apiUrl, path, maxBytes } = download;
  if (!/^\/[^/\\]/.test(path)) throw new DownloadRefused(`"${path}" is not a route of the API`);
  const what = `GET ${path.split('?')[0]}`;
  await retrying(LONG, signal, async () => {
    const limit = timeLimit(TIMEOUT_MS);
    try {
      const ask: Ask = { what, token: download.token, timeout: limit.signal };
      const answer = await follow(ask, new URL(`${apiUrl}${path}`), signal);
      await take(what, answer, file, maxBytes, signal);
    } finally {
      limit.over();
    }
  });
}

async function take(
  what: string,
  answer: Response,
  file: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  if (!answer.ok) {
    await answer.body?.cancel();
    throw failureOf(what, answer);
  }
  if (Number(answer.headers.get('content-length') ?? 0) > maxBytes) {
    await answer.body?.cancel();
    throw tooLarge(what, maxBytes);
  }
  await save(what, answer, file, maxBytes, signal);
}

const tooLarge = (what: string, maxBytes: number): DownloadRefused =>
  new DownloadRefused(`${what} answers with more than ${maxBytes} bytes`);

interface Ask {
  readonly what: string;
  readonly token: string;
  readonly timeout: AbortSignal;
}

/** Follows redirects by hand: the token is for the API's own origin and nobody else. */
async function follow(
  { what, token, timeout }: Ask,
  start: URL,
  signal: AbortSignal,
): Promise<Response> {
  let url = start;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const own = url.origin === start.origin;
    const headers: Record<string, string> = own ? { authorization: `Bearer ${token}` } : {};
    const answer = await request(what, url, { headers, timeout }, signal);
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status >= 400 || location === null) return answer;
    await answer.body?.cancel();
    url = new URL(location, url);
    const secure = url.protocol === 'https:';
    if (!secure && (url.protocol !== 'http:' || start.protocol === 'https:')) {
      throw new DownloadRefused(`${what} redirects to ${url.protocol}, which is not followed`);
    }
  }
  throw new DownloadRefused(`${what} redirects more than ${MAX_REDIRECTS} times`);
}

async function save(
  what: string,
  answer: Response,
  path: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  if (answer.body === null) throw new HttpFailure(`${what} was answered with nothing`);
  const body: AsyncIterable<Uint8Array> = answer.body;
  const file = await open(path, 'w', 0o600);
  try {
    await pipeline(body, limited(what, maxBytes), file.createWriteStream(), { signal });
  } catch (cause) {
    if (cause instanceof DownloadRefused || isOwn(cause)) throw cause;
    signal.throwIfAborted();
    throw new HttpFailure(`${what} was cut short`, { cause });
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** A full disk is no fault of the network. */
const isOwn = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code));

const limited = (what: string, maxBytes: number) =>
  async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let seen = 0;
    for await (const chunk of source) {
      seen += chunk.byteLength;
      if (seen > maxBytes) throw tooLarge(what, maxBytes);
      yield chunk;
    }
  };
