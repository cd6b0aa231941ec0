/** The worker's own upload through the rules of the API, into S3 as the emulator has it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openS3Blobs } from '#aws/s3-blobs.ts';
import {
  abortUpload,
  checkUpload,
  completeUpload,
  signUploadParts,
  signUploads,
} from '#domain/jobs/index.ts';
import { artifactKey } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Fence, WorkerClient } from '#worker/client.ts';
import { createHalt } from '#worker/halt.ts';
import { uploadFiles } from '#worker/upload.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { sendRaw } from '../support/raw-http.ts';
import { type JobBench, openJobBench } from '../unit/domain/jobs/job-bench.ts';
import { createBucket, emulatorClients } from './aws-support.ts';

const MIB = 1024 * 1024;
const SIZE = (process.env.FULL === '1' ? 200 : 70) * MIB + 17;

const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
const bucket = await createBucket((await clients.s3()).client);
const blobs = openS3Blobs({ bucket, kit: clients.s3 });
const folder = await mkdtemp(join(tmpdir(), 'assay-aws-uploads-'));

let bench: JobBench;
beforeAll(async () => {
  bench = await openJobBench();
});
afterAll(async () => {
  await bench.app.close();
  await clients.destroy();
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The calls of the protocol, without HTTP between. */
function clientOn(ctx: Context): WorkerClient {
  const held = async <T>(answer: Promise<T>) => ({ held: true as const, value: await answer });
  const unused = () => Promise.reject(new Error('not part of this test'));
  return {
    ...{ claim: unused, heartbeat: unused, log: unused, finish: unused, release: unused },
    retire: unused,
    uploads: (fence, files) => held(signUploads(ctx, fence, files)),
    parts: (fence, wish) => held(signUploadParts(ctx, { ...fence, ...wish })),
    complete: (fence, upload) => held(completeUpload(ctx, { ...fence, ...upload })),
    abort: (fence, upload) => held(abortUpload(ctx, { ...fence, ...upload })),
    check: (fence, file) => held(checkUpload(ctx, { ...fence, ...file })),
  };
}

async function openUploader() {
  const { claim } = await bench.start();
  const actor = { kind: 'worker', pool: 'default', tokenHash: 'h' } as const;
  const ctx: Context = { ...bench.app.system, actor, blobs };
  const { jobId, attempt, lease, runId } = claim;
  const fence: Fence = { jobId, attempt, lease };
  return { runId, ctx, fence, uploader: { client: clientOn(ctx), fence, halt: createHalt() } };
}

async function fileOf(path: string, bytes: Uint8Array) {
  const file = join(folder, path);
  await writeFile(file, bytes);
  return { path, file, size: bytes.byteLength };
}

it(`S3 takes a file of ${Math.floor(SIZE / MIB)} MiB in parts, and a small one once`, async () => {
  const { runId, ctx, fence, uploader } = await openUploader();
  const bytes = randomBytes(SIZE);
  const small = randomBytes(100_000);
  const files = [await fileOf('large.bin', bytes), await fileOf('small.bin', small)];

  await uploadFiles(uploader, files);
  await uploadFiles(uploader, files.slice(1));

  const digest = createHash('sha256');
  for await (const chunk of (await blobs.stream(artifactKey(runId, 'large.bin'))) ?? []) {
    digest.update(chunk);
  }
  expect(digest.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  const sha256 = createHash('sha256').update(small).digest('base64');
  const stored = { path: 'small.bin', size: small.length, sha256 };
  await checkUpload(ctx, { ...fence, ...stored });
  const other = checkUpload(ctx, { ...fence, ...stored, sha256: 'A'.repeat(43).concat('=') });
  await expect(other).rejects.toMatchObject({ reason: 'artifact_incomplete' });
});

it('S3 holds each address to its key, its bytes and its first write', async () => {
  const { ctx, fence } = await openUploader();
  const sha256 = createHash('sha256').update('abc').digest('base64');
  const { uploads } = await signUploads(ctx, fence, [{ path: 'x.bin', size: 3, sha256 }]);
  const { url = '', headers = {} } = uploads[0] ?? {};
  const put = async (to: string, body = 'abc', sent: { [name: string]: string } = headers) =>
    (await sendRaw(to, { method: 'PUT', headers: sent, body })).status;

  const { 'if-none-match': _, ...repeatable } = headers;
  const refused = [
    await put(url.replace('x.bin', 'y.bin')),
    await put(url.replace(bucket, 'elsewhere')),
    await put(url, 'abcd', { ...headers, 'content-length': '4' }),
    await put(url, 'abc', repeatable),
  ];

  expect(refused).toEqual([403, 403, 403, 403]);
  expect(Number(new URL(url).searchParams.get('X-Amz-Expires'))).toBeLessThanOrEqual(900);
  const signed = new URL(url).searchParams.get('X-Amz-SignedHeaders')?.split(';');
  expect(signed).toEqual(['content-length', 'host', 'if-none-match', 'x-amz-checksum-sha256']);
  expect([await put(url, 'xyz'), await put(url), await put(url)]).toEqual([400, 200, 412]);
});
