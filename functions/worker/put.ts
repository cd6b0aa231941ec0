import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { UploadAnswer } from '#domain/jobs/protocol.ts';
import type { UploadFile } from './artifacts.ts';
import type { Fence, WorkerClient } from './client.ts';
import type { Halt } from './halt.ts';
import { failureOf, HttpFailure, LONG, request, retrying } from './http.ts';
import { type Piece, streamOf, withFile } from './open-checked.ts';

/** A connection slower than this is given up; the whole try then starts again. */
const BYTES_PER_SECOND = 64 * 1024;
const BASE_TIMEOUT_MS = 60_000;
const SMALL_BYTES = 64 * 1024;
const CONFLICT = 409;
const TAKEN = 412;

export interface Uploader {
  readonly client: WorkerClient;
  readonly fence: Fence;
  readonly halt: Halt;
  /** When jobs have users of their own: whose files they must be. */
  readonly owner?: number | undefined;
}

export type Address = Pick<UploadAnswer['uploads'][number], 'url' | 'headers'>;

/** How the protocol names its place. */
export const placeOf = ({ path, bundle }: UploadFile) => ({
  path,
  ...(bundle === true ? { bundle } : {}),
});

/**
 * Sends a piece of a file to where the store takes it, again while that fails in passing.
 * `taken`: the store has a file of that name already, maybe from an earlier try.
 */
export async function put(
  what: string,
  { owner }: Uploader,
  [file, piece]: readonly [UploadFile, Piece],
  { url, headers }: Address,
  signal: AbortSignal,
): Promise<{ readonly etag: string } | 'taken'> {
  return retrying(LONG, signal, () =>
    withFile(file, owner, async (handle) => {
      const answer = await request(what, url, await bodyOf(handle, piece, headers), signal);
      await answer.body?.cancel();
      if (answer.ok) return { etag: answer.headers.get('etag') ?? '' };
      if (answer.status === TAKEN) return 'taken';
      // Two writes of one name at a time: an earlier try is still under way in the store.
      if (answer.status === CONFLICT) throw new HttpFailure(`${what} met another write`);
      throw failureOf(what, answer);
    }),
  );
}

/** With a fresh address when the one at hand has expired. */
export async function putOrRenew<T>(
  address: Address,
  send: (address: Address) => Promise<T>,
  renew: () => Promise<Address>,
): Promise<T> {
  try {
    return await send(address);
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== 403) throw error;
    // It may have waited for its turn too long.
    return send(await renew());
  }
}

/** A stream would cost more than what it carries. */
async function bytesOf(handle: FileHandle, { from, length }: Piece): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, from);
  // Of a file that was cut meanwhile the store gets fewer bytes than it was told, and refuses them.
  return buffer.subarray(0, bytesRead);
}

async function bodyOf(handle: FileHandle, piece: Piece, given: Address['headers']) {
  const { length } = piece;
  const timeout = BASE_TIMEOUT_MS + Math.ceil(length / BYTES_PER_SECOND) * 1000;
  // With a length of its own the body is not sent in chunks, which S3 would refuse.
  const headers = new Headers(given);
  headers.set('content-length', String(length));
  const shared = { method: 'PUT', headers, timeout } as const;
  if (length <= SMALL_BYTES) return { ...shared, body: await bytesOf(handle, piece) };
  return { ...shared, body: Readable.toWeb(streamOf(handle, piece)), duplex: 'half' as const };
}

/** The answer of the API; an attempt that it knows no longer ends here. */
export async function held<T>(
  { halt }: Uploader,
  call: Promise<{ readonly held: true; readonly value: T } | { readonly held: false }>,
): Promise<T> {
  const answer = await call;
  if (answer.held) return answer.value;
  halt.halt('lost');
  halt.signal.throwIfAborted();
  throw new HttpFailure('The attempt was lost', { status: CONFLICT });
}
