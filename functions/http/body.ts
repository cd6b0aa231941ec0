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

/** The JSON in a text. Throws `SyntaxError`, also for the key `__proto__`, which would be lost on the way. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const mayHold = text.includes('__proto__') || text.includes('\\u');
  if (mayHold && holdsProto(value)) throw new SyntaxError('The key "__proto__" cannot be stored.');
  return value;
}
