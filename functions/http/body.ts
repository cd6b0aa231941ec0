import type { AppError } from '#kernel/errors.ts';
import { holdsProto } from '#kernel/proto-key.ts';

/**
 * The chunks of a body. Whoever stops before its end leaves the rest of it readable: a server
 * must take it off the line before a client that only sends hears why it was refused.
 */
export const bodyChunks = (request: Request): AsyncIterable<Uint8Array> =>
  (request.body ?? new ReadableStream({ start: (empty) => empty.close() })).values({
    preventCancel: true,
  });

/** A body as it comes in; throws what `tooLarge` makes of its size as soon as that is more than `limit` bytes. */
export async function readChunks(
  request: Request,
  limit: number,
  tooLarge: (size: number) => AppError,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bodyChunks(request)) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The body of a request as text; no more than `limit` bytes are kept, whatever the request says
 * of its length. Throws what `tooLarge` makes of the size, `TypeError` for what is no UTF-8.
 */
export async function readText(
  request: Request,
  limit: number,
  tooLarge: (size: number) => AppError,
): Promise<string> {
  const declared = request.headers.get('content-length');
  if (Number(declared) > limit) throw tooLarge(Number(declared));
  // HTTP holds senders to the length that they declare, and this way is the faster.
  const bytes =
    declared === null
      ? await readChunks(request, limit, tooLarge)
      : new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > limit) throw tooLarge(bytes.byteLength);
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** What walks through values from outside, such as the language's own writer of JSON, overflows some thousands below. */
const MAX_DEPTH = 1_000;
const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_LIST = 91;
const CLOSE_LIST = 93;
const OPEN = 123;
const CLOSE = 125;

/** In one pass over the text, without recursion. */
function isDeeperThan(most: number, text: string): boolean {
  // Whatever is opened must be closed.
  if (text.length <= 2 * most) return false;
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isQuoted && code === BACKSLASH) at += 1;
    else if (code === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (code === OPEN || code === OPEN_LIST)) depth += 1;
    else if (!isQuoted && (code === CLOSE || code === CLOSE_LIST)) depth -= 1;
    if (depth > most) return true;
  }
  return false;
}

/**
 * The JSON in a text. Throws `SyntaxError`, also for the key `__proto__`, which would be lost on the way, and for
 * what is nested more than `maxDepth` deep.
 */
export function parseJson(text: string, maxDepth = MAX_DEPTH): unknown {
  if (isDeeperThan(maxDepth, text)) throw new SyntaxError('Too deep.');
  const value: unknown = JSON.parse(text);
  const mayHold = text.includes('__proto__') || text.includes('\\u');
  if (mayHold && holdsProto(value)) throw new SyntaxError('Holds "__proto__".');
  return value;
}
