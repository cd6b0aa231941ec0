import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { UploadAnswer } from '#domain/jobs/protocol.ts';
import type { UploadFile } from './artifacts.ts';
import type { Fence, WorkerClient } from './client.ts';
import { JobFailure } from './failure.ts';
import type { Halt } from './halt.ts';
import { failureOf, HttpFailure, isPassing, LONG, request, retrying } from './http.ts';
import { explain } from './log.ts';
import { forEach } from './together.ts';

/** Few enough that no address expires before its turn. */
const FILES_PER_CALL = 20;
const AT_A_TIME = 4;
/** A connection slower than this is given up; the whole try then starts again. */
const BYTES_PER_SECOND = 64 * 1024;
const BASE_TIMEOUT_MS = 60_000;

export interface Uploader {
  readonly client: WorkerClient;
  readonly fence: Fence;
  readonly halt: Halt;
  /** When jobs have users of their own: whose files they must be. */
  readonly owner?: number | undefined;
}

/** Puts the files where the API says; what it takes is not visible before the job is finished. */
export async function uploadFiles(uploader: Uploader, files: readonly UploadFile[]): Promise<void> {
  for (let from = 0; from < files.length; from += FILES_PER_CALL) {
    const some = files.slice(from, from + FILES_PER_CALL);
    const targets = await targetsOf(uploader, some);
    const { signal } = uploader.halt;
    await forEach(some, AT_A_TIME, signal, async (file, either) => {
      try {
        await putOrRenew(uploader, file, targets.get(file.path), either);
      } catch (error) {
        either.throwIfAborted();
        if (!(error instanceof HttpFailure)) throw error;
        const message = `${file.path} could not be stored: ${explain(error)}`;
        throw new JobFailure('runtime_error', message, error);
      }
    });
  }
}

type Target = UploadAnswer['uploads'][number];

async function targetsOf(
  { client, fence, halt }: Uploader,
  files: readonly UploadFile[],
): Promise<ReadonlyMap<string, Target>> {
  const wish = files.map(({ path, size }) => ({ path, size }));
  const answer = await client.uploads(fence, wish, halt.signal);
  if (!answer.held) {
    halt.halt('lost');
    halt.signal.throwIfAborted();
    return new Map();
  }
  return new Map(answer.value.uploads.map((target) => [target.path, target]));
}

async function putOrRenew(
  uploader: Uploader,
  file: UploadFile,
  target: Target | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (target === undefined) {
    throw new JobFailure('runtime_error', `The API gave no address to store ${file.path}.`);
  }
  try {
    await put(uploader, file, target, signal);
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== 403) throw error;
    // The address may have expired while earlier files took their time.
    const fresh = (await targetsOf(uploader, [file])).get(file.path);
    if (fresh === undefined) throw error;
    await put(uploader, file, fresh, signal);
  }
}

async function put(
  { owner }: Uploader,
  file: UploadFile,
  { url, headers }: Target,
  signal: AbortSignal,
): Promise<void> {
  const what = `PUT ${file.path}`;
  let mayBeThere = false;
  await retrying(LONG, signal, async () => {
    const handle = await openChecked(file, owner);
    try {
      const answer = await request(what, url, bodyOf(handle, file, headers), signal);
      await answer.body?.cancel();
      // Addresses may be good for one write only: then an earlier try was it.
      if (answer.ok || (answer.status === 412 && mayBeThere)) return;
      throw failureOf(what, answer);
    } catch (error) {
      mayBeThere ||= error instanceof HttpFailure && isPassing(error);
      throw error;
    } finally {
      await handle.close().catch(() => undefined);
    }
  });
}

function bodyOf(handle: FileHandle, { size }: UploadFile, given: Target['headers']) {
  const timeoutMs = BASE_TIMEOUT_MS + Math.ceil(size / BYTES_PER_SECOND) * 1000;
  // With a length of its own the body is not sent in chunks, which S3 would refuse.
  const headers = new Headers(given);
  headers.set('content-length', String(size));
  const shared = { method: 'PUT', headers, timeoutMs } as const;
  if (size === 0) return { ...shared, body: '' };
  const stream = handle.createReadStream({ end: size - 1, autoClose: false });
  return { ...shared, body: Readable.toWeb(stream), duplex: 'half' as const };
}

/** Opens what was looked at before, and nothing that was put in its place since. */
async function openChecked({ file, size, path }: UploadFile, owner?: number): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(file, flags);
  const found = await handle.stat();
  const foreign = owner !== undefined && found.uid !== owner;
  if (found.isFile() && found.size === size && !foreign) return handle;
  await handle.close();
  throw new JobFailure(
    'task_failed',
    `${path} is not the job's own or changed while it was stored.`,
  );
}
