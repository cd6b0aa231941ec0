import { MAX_WHOLE_BYTES, type UploadRequest } from '#domain/jobs/protocol.ts';
import type { UploadFile } from './artifacts.ts';
import { JobFailure } from './failure.ts';
import { HttpFailure } from './http.ts';
import { explain } from './log.ts';
import { hashOf, withFile } from './open-checked.ts';
import { type Address, held, placeOf, put, putOrRenew, type Uploader } from './put.ts';
import { forEach } from './together.ts';
import { uploadInParts } from './upload-parts.ts';

/** Few enough that no address expires before its turn. */
const FILES_PER_CALL = 20;
const AT_A_TIME = 4;

/**
 * Puts the files where the API says; what it takes is not visible before the job is finished.
 * Gives the checksum of each file that was sent whole.
 */
export async function uploadFiles(
  uploader: Uploader,
  files: readonly UploadFile[],
): Promise<ReadonlyMap<UploadFile, string>> {
  const sums = new Map<UploadFile, string>();
  const whole = files.filter(({ size }) => size <= MAX_WHOLE_BYTES);
  for (let from = 0; from < whole.length; from += FILES_PER_CALL) {
    await uploadWhole(uploader, whole.slice(from, from + FILES_PER_CALL), sums);
  }
  for (const file of files) {
    if (file.size <= MAX_WHOLE_BYTES) continue;
    await explained(file, uploader.halt.signal, () => uploadInParts(uploader, file));
  }
  return sums;
}

async function uploadWhole(
  uploader: Uploader,
  files: readonly UploadFile[],
  sums: Map<UploadFile, string>,
): Promise<void> {
  const { owner, halt } = uploader;
  await forEach(files, AT_A_TIME, halt.signal, async (file, signal) => {
    const piece = { from: 0, length: file.size };
    sums.set(file, await withFile(file, owner, (handle) => hashOf(handle, piece, signal)));
  });
  const wishes = files.map((file) => ({ file, wish: wishOf(file, sums.get(file) ?? '') }));
  const addresses = await addressesOf(
    uploader,
    wishes.map(({ wish }) => wish),
  );
  const sends = addresses.map((address, at) => ({ address, ...wishes[at] }));
  await forEach(sends, AT_A_TIME, halt.signal, async ({ address, file, wish }, signal) => {
    if (file === undefined || wish === undefined) return;
    await explained(file, signal, () => putWhole(uploader, file, wish, address, signal));
  });
}

type Wish = ReturnType<typeof wishOf>;
const wishOf = (file: UploadFile, sha256: string) => ({
  ...placeOf(file),
  size: file.size,
  sha256,
});

async function addressesOf(
  uploader: Uploader,
  files: UploadRequest['files'],
): Promise<readonly Address[]> {
  const { client, fence, halt } = uploader;
  const { uploads } = await held(uploader, client.uploads(fence, files, halt.signal));
  const asAsked = files.every(({ path }, at) => path === uploads[at]?.path);
  if (asAsked && uploads.length === files.length) return uploads;
  throw new JobFailure('runtime_error', 'The API gave no address to store a file.');
}

async function putWhole(
  uploader: Uploader,
  file: UploadFile,
  wish: Wish,
  address: Address,
  signal: AbortSignal,
): Promise<void> {
  const piece = { from: 0, length: file.size };
  const done = await putOrRenew(
    address,
    (to) => put(`PUT ${file.path}`, uploader, [file, piece], to, signal),
    async () => (await addressesOf(uploader, [wish]))[0] ?? address,
  );
  // An earlier try may have been it; the job itself may also have stored something there.
  if (done === 'taken') await requireSame(uploader, wish, signal);
}

async function requireSame(uploader: Uploader, wish: Wish, signal: AbortSignal): Promise<void> {
  try {
    await held(uploader, uploader.client.check(uploader.fence, wish, signal));
  } catch (error) {
    if (!(error instanceof HttpFailure) || error.status !== 400) throw error;
    const message = `${wish.path} could not be stored: the run has another file of that name.`;
    throw new JobFailure('runtime_error', message, error);
  }
}

/** Names the file that could not be stored; what is no fault of the network passes. */
async function explained(
  { path }: UploadFile,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpFailure)) throw error;
    const message = `${path} could not be stored: ${explain(error)}`;
    throw new JobFailure('runtime_error', message, error);
  }
}
