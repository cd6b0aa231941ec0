import { MAX_PARTS_PER_CALL, partSizeOf } from '#domain/jobs/protocol.ts';
import type { UploadFile } from './artifacts.ts';
import { JobFailure } from './failure.ts';
import { hashOf, type Piece, withFile } from './open-checked.ts';
import { type Address, held, placeOf, put, putOrRenew, type Uploader } from './put.ts';
import { forEach } from './together.ts';

const AT_A_TIME = 4;

interface Part extends Piece {
  readonly partNumber: number;
  readonly sha256: string;
}

interface Sent {
  readonly partNumber: number;
  readonly etag: string;
  readonly sha256: string;
}

interface Upload {
  readonly path: string;
  readonly bundle?: boolean;
  readonly uploadId: string;
}

/** The pieces from number `first` on that one call signs, with their checksums. */
async function nextParts(
  { owner, halt }: Uploader,
  file: UploadFile,
  first: number,
): Promise<readonly Part[]> {
  const partSize = partSizeOf(file.size);
  const count = Math.min(MAX_PARTS_PER_CALL, Math.ceil(file.size / partSize) - first + 1);
  const parts: Part[] = [];
  for (let partNumber = first; partNumber < first + count; partNumber += 1) {
    const from = (partNumber - 1) * partSize;
    const piece = { from, length: Math.min(partSize, file.size - from) };
    const sha256 = await withFile(file, owner, (handle) => hashOf(handle, piece, halt.signal));
    parts.push({ partNumber, ...piece, sha256 });
  }
  return parts;
}

const sumsOf = (parts: readonly Part[]): string[] => parts.map(({ sha256 }) => sha256);

/** Begins the upload; the addresses are those of the first parts. */
async function start(uploader: Uploader, file: UploadFile, parts: readonly Part[]) {
  const { client, fence, halt } = uploader;
  const { path, size } = file;
  const place = placeOf(file);
  const wish = { ...place, size, parts: sumsOf(parts) };
  const { multipart } = await held(uploader, client.uploads(fence, [wish], halt.signal));
  if (multipart === undefined || multipart.partSize !== partSizeOf(size)) {
    throw new JobFailure('runtime_error', `The API gave no address to store ${path}.`);
  }
  return { upload: { ...place, uploadId: multipart.uploadId }, addresses: multipart.parts };
}

async function addressesOf(
  uploader: Uploader,
  upload: Upload,
  { size }: UploadFile,
  parts: readonly Part[],
): Promise<readonly Address[]> {
  const { client, fence, halt } = uploader;
  const wish = { ...upload, size, first: parts[0]?.partNumber ?? 1, sha256: sumsOf(parts) };
  return (await held(uploader, client.parts(fence, wish, halt.signal))).parts;
}

async function sendParts(
  uploader: Uploader,
  [upload, file]: readonly [Upload, UploadFile],
  parts: readonly Part[],
  addresses: readonly Address[],
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const missing = () =>
    new JobFailure('runtime_error', `The API gave no address to store a part of ${file.path}.`);
  await forEach(
    [...parts.entries()],
    AT_A_TIME,
    uploader.halt.signal,
    async ([at, part], signal) => {
      const address = addresses[at];
      if (address === undefined) throw missing();
      const what = `PUT ${file.path}, part ${part.partNumber},`;
      const done = await putOrRenew(
        address,
        (to) => put(what, uploader, [file, part], to, signal),
        async () => {
          const [fresh] = await addressesOf(uploader, upload, file, [part]);
          return fresh ?? address;
        },
      );
      if (done === 'taken') throw missing();
      sent[at] = { partNumber: part.partNumber, etag: done.etag, sha256: part.sha256 };
    },
  );
  return sent;
}

/**
 * Sends a large file in parts, each bound to its bytes, and has the store make the file of them.
 * What was sent of a file that could not be stored wholly is dropped again.
 */
export async function uploadInParts(uploader: Uploader, file: UploadFile): Promise<void> {
  const { client, fence, halt } = uploader;
  let parts = await nextParts(uploader, file, 1);
  const { upload, addresses } = await start(uploader, file, parts);
  try {
    const sent = [...(await sendParts(uploader, [upload, file], parts, addresses))];
    for (;;) {
      parts = await nextParts(uploader, file, sent.length + 1);
      if (parts.length === 0) break;
      const more = await addressesOf(uploader, upload, file, parts);
      sent.push(...(await sendParts(uploader, [upload, file], parts, more)));
    }
    await held(uploader, client.complete(fence, { ...upload, parts: sent }, halt.signal));
  } catch (error) {
    // Where that fails too, the store ends the upload by itself after a day.
    if (halt.reason !== 'lost') await client.abort(fence, upload).catch(() => undefined);
    throw error;
  }
}
