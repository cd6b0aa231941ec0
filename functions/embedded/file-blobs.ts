import { join } from 'node:path';
import { requireBlobKey } from '#kernel/blob-key.ts';
import { type Blobs, boundHeaders } from '#kernel/blobs.ts';
import { invalid } from '#kernel/errors.ts';
import { randomIds } from '#kernel/ids.ts';
import { openBlobFiles } from './blob-files.ts';
import { accept, type BlobStore, handleBlobRequest, keep } from './blob-http.ts';
import { openBlobIndex, type StoredObject } from './blob-index.ts';
import { openBlobUploads, requirePartNumber } from './blob-uploads.ts';
import { type BlobUrlOptions, openBlobUrls } from './blob-urls.ts';
import { portError, translatedAsync } from './failures.ts';

export interface FileBlobsOptions extends BlobUrlOptions {
  readonly folder: string;
}

/** Blobs in a folder, which several processes may use at once. */
export interface FileBlobs extends Blobs {
  /** Answers the requests to the signed URLs, all below `/_blobs/`. */
  handleRequest(request: Request): Promise<Response>;
  /** Drops every object and upload. */
  clear(): Promise<void>;
  close(): void;
}

type ByteRange = { from: number; to?: number };

const LIST_LIMIT = 1000;
const READ_TRIES = 3;

const THE_BLOBS = 'The store of objects';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  for await (const chunk of body) {
    signal?.throwIfAborted();
    yield chunk;
  }
  signal?.throwIfAborted();
}

async function* guardedChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw portError(THE_BLOBS, error);
  }
}

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all));
};

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const boundsOf = ({ size }: StoredObject, range: ByteRange | undefined): Required<ByteRange> => {
  const { from, to = Number.MAX_SAFE_INTEGER } = range ?? { from: 0 };
  if (!Number.isSafeInteger(from) || from < 0 || !(to >= from)) {
    throw invalid('invalid_range', 'A range starts at 0 or later and does not end before it.');
  }
  return { from, to: Math.min(to, size - 1) };
};

const read = async (
  { index, files }: BlobStore,
  key: string,
  range?: ByteRange,
): Promise<Uint8Array | undefined> => {
  for (let tries = 1; ; tries += 1) {
    const object = index.find(key);
    if (object === undefined) return undefined;
    const { from, to } = boundsOf(object, range);
    try {
      return await collect(files.read(object.segments, from, to));
    } catch (error) {
      // Replaced after the look into the index: the next look finds the new bytes.
      if (!isGone(error) || tries === READ_TRIES) throw error;
    }
  }
};

type Signing = Pick<Blobs, 'signGet' | 'signPut' | 'signPart'>;

const signing = ({ urls }: BlobStore): Signing => ({
  signGet: async (key, { expiresIn, ...bound }) =>
    urls.sign({ method: 'GET', key, ...bound }, expiresIn),
  signPut: async (key, { expiresIn, ...bound }) => ({
    url: urls.sign({ method: 'PUT', key, ...bound }, expiresIn),
    headers: boundHeaders(bound),
  }),
  signPart: async (key, uploadId, partNumber, { expiresIn, ...bound }) => {
    requirePartNumber(partNumber);
    const grant = { method: 'PUT', key, uploadId, partNumber, ...bound } as const;
    return { url: urls.sign(grant, expiresIn), headers: boundHeaders(bound) };
  },
});

type Uploading = Pick<Blobs, 'startUpload' | 'completeUpload' | 'abortUpload'>;

const guarded = <T>(key: string, work: () => Promise<T>): Promise<T> =>
  translatedAsync(THE_BLOBS, () => {
    requireBlobKey(key);
    return work();
  });

const uploading = ({ uploads, files }: BlobStore): Uploading => ({
  startUpload: (key) =>
    guarded(key, async () => {
      const id = randomIds.hex32();
      await files.drop(uploads.start(id, key));
      return id;
    }),
  completeUpload: (key, uploadId, parts, options) =>
    guarded(key, () => files.drop(uploads.complete(uploadId, key, parts, options))),
  abortUpload: (key, uploadId) => guarded(key, () => files.drop(uploads.abort(uploadId, key))),
});

type Objects = Pick<Blobs, 'put' | 'putStream' | 'get' | 'stream' | 'head' | 'list' | 'remove'>;

const objects = (store: BlobStore): Objects => ({
  put: (key, body) =>
    guarded(key, async () => {
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      await accept(store, { method: 'PUT', key }, once(bytes), bytes.byteLength);
    }),
  putStream: (key, body, { signal } = {}) =>
    guarded(key, async () => {
      const saved = await store.files.save(untilAborted(body, signal));
      await keep(store, { method: 'PUT', key }, saved);
    }),
  get: (key, range) => guarded(key, () => read(store, key, range)),
  stream: (key) =>
    guarded(key, async () => {
      const object = store.index.find(key);
      return object && guardedChunks(store.files.read(object.segments, 0, object.size - 1));
    }),
  head: (key) =>
    guarded(key, async () => {
      const object = store.index.find(key);
      if (object === undefined) return undefined;
      const { segments: _, ...info } = object;
      return { key, ...info };
    }),
  list: (prefix, { limit = LIST_LIMIT, after, delimited = false } = {}) =>
    translatedAsync(THE_BLOBS, async () =>
      store.index.list(prefix, { limit, delimited, ...(after !== undefined && { after }) }),
    ),
  remove: (keys) =>
    translatedAsync(THE_BLOBS, async () => {
      keys.forEach(requireBlobKey);
      const { index, files } = store;
      await files.drop(index.database.immediate(() => keys.flatMap((key) => index.remove(key))));
    }),
});

const clear = async ({ index, files }: BlobStore): Promise<void> => {
  index.database.handle.exec('DELETE FROM objects; DELETE FROM uploads; DELETE FROM parts');
  await files.clear();
};

/** Opens the blobs in `folder` and makes it when it is missing. */
export const openFileBlobs = ({ folder, ...options }: FileBlobsOptions): FileBlobs => {
  const index = openBlobIndex(join(folder, 'index.sqlite'));
  const store: BlobStore = {
    index,
    files: openBlobFiles(folder),
    uploads: openBlobUploads(index, options.clock),
    urls: openBlobUrls(options),
  };
  return {
    ...objects(store),
    ...signing(store),
    ...uploading(store),
    handleRequest: (request) => handleBlobRequest(store, request),
    clear: () => clear(store),
    close: index.database.close,
  };
};
