import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Blobs } from '#kernel/blobs.ts';
import { sendRaw } from '../support/raw-http.ts';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const PART = 5 * 1024 * 1024;

interface Part {
  readonly partNumber: number;
  readonly etag: string;
}

const sendPart = async (
  blobs: Blobs,
  key: string,
  upload: string,
  partNumber: number,
  body: Uint8Array | string,
): Promise<Part> => {
  const length = Buffer.byteLength(body);
  const { url, headers } = await blobs.signPart(key, upload, partNumber, { expiresIn: 60, length });
  const answer = await sendRaw(url, { method: 'PUT', headers, body });
  expect(answer.status).toBe(200);
  return { partNumber, etag: answer.headers.etag ?? '' };
};

const completionTests = ({ blobs, test }: BlobsTests): void => {
  test('a multipart upload becomes one object when it is complete', async () => {
    const key = `${uniqueName('multi')}/big file`;
    const bodies = [randomBytes(PART), randomBytes(PART + 1), randomBytes(10)];
    const upload = await blobs().startUpload(key);
    const parts: Part[] = [];
    for (const at of [2, 0, 1]) {
      parts[at] = await sendPart(blobs(), key, upload, at + 1, bodies[at] ?? '');
    }
    const before = [await blobs().head(key), await blobs().get(key)];

    await blobs().completeUpload(key, upload, parts);

    const whole = Buffer.concat(bodies);
    const stored = Buffer.from((await blobs().get(key)) ?? []);
    const across = await blobs().get(key, { from: PART - 2, to: PART + 1 });
    const url = await blobs().signGet(key, { expiresIn: 60, filename: 'x' });
    expect(before).toEqual([undefined, undefined]);
    expect(await blobs().head(key)).toMatchObject({ key, size: whole.length });
    expect(stored.equals(whole)).toBe(true);
    expect(Buffer.from(across ?? []).equals(whole.subarray(PART - 2, PART + 2))).toBe(true);
    expect((await sendRaw(url)).body.equals(whole)).toBe(true);
  });

  test('a part that is sent again replaces the first, and gaps in numbers are fine', async () => {
    const key = uniqueName('again');
    const upload = await blobs().startUpload(key);
    const old = await sendPart(blobs(), key, upload, 7, 'old');
    const last = await sendPart(blobs(), key, upload, 7, 'new');

    await expect(blobs().completeUpload(key, upload, [old])).rejects.toEqual(refusedAs('invalid'));
    await blobs().completeUpload(key, upload, [last]);

    expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('new');
  });

  test('a completion may be repeated when its answer was lost', async () => {
    const key = uniqueName('repeat');
    const upload = await blobs().startUpload(key);
    const parts = [await sendPart(blobs(), key, upload, 1, 'content')];

    await blobs().completeUpload(key, upload, parts);
    await blobs().completeUpload(key, upload, parts);

    expect((await blobs().head(key))?.size).toBe(7);
  });
};

const refusalTests = ({ blobs, test }: BlobsTests): void => {
  test('a completion refuses parts that are missing, other or out of order', async () => {
    const key = uniqueName('refused');
    const upload = await blobs().startUpload(key);
    const one = await sendPart(blobs(), key, upload, 1, randomBytes(PART));
    const two = await sendPart(blobs(), key, upload, 2, 'end');
    const lists: readonly (readonly Part[])[] = [
      [],
      [one, two, { partNumber: 3, etag: two.etag }],
      [one, { partNumber: 2, etag: one.etag }],
      [two, one],
      [one, one],
      [{ ...one, partNumber: 0 }],
    ];

    for (const list of lists) {
      const completion = blobs().completeUpload(key, upload, list);
      await expect(completion).rejects.toEqual(refusedAs('invalid'));
    }
    expect(await blobs().head(key)).toBeUndefined();
    await blobs().completeUpload(key, upload, [one, two]);
    expect((await blobs().head(key))?.size).toBe(PART + 3);
  });

  test('a completion refuses a part below 5 MiB that is not the last', async () => {
    const key = uniqueName('small');
    const upload = await blobs().startUpload(key);
    const parts = [
      await sendPart(blobs(), key, upload, 1, 'small'),
      await sendPart(blobs(), key, upload, 2, 'end'),
    ];

    const completion = blobs().completeUpload(key, upload, parts);

    await expect(completion).rejects.toEqual(refusedAs('invalid'));
    expect(await blobs().head(key)).toBeUndefined();
  });

  test('an upload belongs to its key and ends with its abortion', async () => {
    const key = uniqueName('abort');
    const upload = await blobs().startUpload(key);
    const parts = [await sendPart(blobs(), key, upload, 1, 'x')];
    const late = await blobs().signPart(key, upload, 2, { expiresIn: 60 });

    const elsewhere = blobs().completeUpload(`${key}-other`, upload, parts);
    await expect(elsewhere).rejects.toEqual(refusedAs('invalid'));
    await blobs().abortUpload(key, upload);
    await blobs().abortUpload(key, upload);

    const answer = await sendRaw(late.url, { method: 'PUT', headers: late.headers, body: 'y' });
    expect(answer.status).toBe(404);
    const completion = blobs().completeUpload(key, upload, parts);
    await expect(completion).rejects.toEqual(refusedAs('invalid'));
    expect(await blobs().head(key)).toBeUndefined();
  });

  test('a signed part is for its number, its upload and its length only', async () => {
    const key = uniqueName('part-bound');
    const upload = await blobs().startUpload(key);
    const other = await blobs().startUpload(key);
    const { url, headers } = await blobs().signPart(key, upload, 1, { expiresIn: 60, length: 3 });
    const changed = (name: string, value: string): string => {
      const copy = new URL(url);
      expect(copy.searchParams.has(name)).toBe(true);
      copy.searchParams.set(name, value);
      return copy.href;
    };
    const names = [...new URL(url).searchParams.keys()];
    const number = names.find((name) => name.toLowerCase() === 'partnumber') ?? '';
    const id = names.find((name) => name.toLowerCase() === 'uploadid') ?? '';

    const statuses: number[] = [];
    for (const attempt of [changed(number, '2'), changed(id, other)]) {
      statuses.push((await sendRaw(attempt, { method: 'PUT', headers, body: 'abc' })).status);
    }
    const longer = { method: 'PUT', headers: { 'content-length': '4' }, body: 'abcd' };
    statuses.push((await sendRaw(url, longer)).status);

    expect(statuses).toEqual([403, 403, 403]);
    for (const partNumber of [0, 10_001, 1.5]) {
      const promise = blobs().signPart(key, upload, partNumber, { expiresIn: 60 });
      await expect(promise).rejects.toEqual(refusedAs('invalid'));
    }
  });
};

export const multipartTests = (tests: BlobsTests): void => {
  describe('multipart uploads', () => {
    completionTests(tests);
    refusalTests(tests);
  });
};
