import { createHash, randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Blobs, UploadedPart } from '#kernel/blobs.ts';
import { sendRaw } from '../support/raw-http.ts';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const PART = 5 * 1024 * 1024;
const sha256 = (body: Uint8Array | string): string =>
  createHash('sha256').update(body).digest('base64');

const text = async (blobs: Blobs, key: string): Promise<string> =>
  Buffer.from((await blobs.get(key)) ?? []).toString();

const onceTests = ({ blobs, test }: BlobsTests): void => {
  test('a signed PUT that is for once takes one body, of one of two senders', async () => {
    const key = uniqueName('once');
    const { url, headers } = await blobs().signPut(key, { expiresIn: 60, once: true });
    const send = (body: string, sent: { [name: string]: string } = headers) =>
      sendRaw(url, { method: 'PUT', headers: sent, body });

    const unconditional = await send('zero', {});
    const other = await send('zero', { 'if-none-match': '"x"' });
    const raced = await Promise.all([send('first'), send('other')]);
    const later = await send('later');

    expect([unconditional.status, other.status]).toEqual([403, 403]);
    expect(raced.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(later.status).toBe(412);
    const winner = raced[0].status === 200 ? 'first' : 'other';
    expect(await text(blobs(), key)).toBe(winner);
  });

  test('a signed PUT that is for once spares what was put otherwise', async () => {
    const key = uniqueName('once-taken');
    const bound = { expiresIn: 60, once: true, length: 3, sha256: sha256('new') };
    const { url, headers } = await blobs().signPut(key, bound);
    await blobs().put(key, 'old');

    const refused = await sendRaw(url, { method: 'PUT', headers, body: 'new' });
    await blobs().remove([key]);
    const accepted = await sendRaw(url, { method: 'PUT', headers, body: 'new' });

    expect([refused.status, accepted.status]).toEqual([412, 200]);
    expect(await text(blobs(), key)).toBe('new');
  });

  test('the head tells the checksum that a signed PUT was bound to', async () => {
    const key = uniqueName('head-checksum');
    const sum = sha256('content');
    const { url, headers } = await blobs().signPut(key, { expiresIn: 60, sha256: sum });
    await sendRaw(url, { method: 'PUT', headers, body: 'content' });

    expect(await blobs().head(key)).toMatchObject({ size: 7, sha256: sum });
  });
};

const send = async (
  blobs: Blobs,
  [key, upload, partNumber]: readonly [string, string, number],
  body: Uint8Array,
): Promise<UploadedPart> => {
  const sum = sha256(body);
  const bound = { expiresIn: 60, length: body.byteLength, sha256: sum };
  const { url, headers } = await blobs.signPart(key, upload, partNumber, bound);
  const answer = await sendRaw(url, { method: 'PUT', headers, body });
  expect(answer.status).toBe(200);
  return { partNumber, etag: answer.headers.etag ?? '', sha256: sum };
};

const partTests = ({ blobs, test }: BlobsTests): void => {
  test('a part with a checksum takes its own bytes only, and completes', async () => {
    const key = uniqueName('part-checksum');
    const upload = await blobs().startUpload(key, { checksums: true });
    const bodies = [randomBytes(PART), randomBytes(7)] as const;
    const bound = { expiresIn: 60, length: 7, sha256: sha256(bodies[1]) };
    const { url, headers } = await blobs().signPart(key, upload, 2, bound);
    const put = (body: Uint8Array, sent: { [name: string]: string } = headers) =>
      sendRaw(url, { method: 'PUT', headers: sent, body });

    const { 'x-amz-checksum-sha256': _, ...without } = headers;
    const refused = [await put(randomBytes(7)), await put(bodies[1], without)];
    const parts = [
      await send(blobs(), [key, upload, 1], bodies[0]),
      await send(blobs(), [key, upload, 2], bodies[1]),
    ];
    await blobs().completeUpload(key, upload, parts, { once: true });
    await blobs().completeUpload(key, upload, parts, { once: true });

    expect(refused.map(({ status }) => status)).toEqual([400, 403]);
    expect(Buffer.from((await blobs().get(key)) ?? []).equals(Buffer.concat(bodies))).toBe(true);
    expect(await blobs().head(key)).not.toHaveProperty('sha256');
  });

  test('a completion that is for once spares another object of the key', async () => {
    const key = uniqueName('complete-once');
    const upload = await blobs().startUpload(key, { checksums: true });
    const parts = [await send(blobs(), [key, upload, 1], Buffer.from('new'))];
    await blobs().put(key, 'old');

    const completion = blobs().completeUpload(key, upload, parts, { once: true });

    await expect(completion).rejects.toEqual(refusedAs('invalid'));
    expect(await text(blobs(), key)).toBe('old');
    await blobs().abortUpload(key, upload);
  });
};

export const onceAndChecksumTests = (tests: BlobsTests): void => {
  describe('writes that are bound', () => {
    onceTests(tests);
    partTests(tests);
  });
};
