import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { sendRaw } from '../support/raw-http.ts';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const sha256 = (body: string): string => createHash('sha256').update(body).digest('base64');

const boundTests = ({ blobs, test }: BlobsTests): void => {
  test('a signed PUT takes a body of its length only', async () => {
    const key = uniqueName('length');
    const { url, headers } = await blobs().signPut(key, { expiresIn: 60, length: 5 });
    const send = (body: string, announced: string) =>
      sendRaw(url, { method: 'PUT', headers: { ...headers, 'content-length': announced }, body });

    const refused = [await send('1234', '4'), await send('123456', '6'), await send('', '0')];
    const stored = await blobs().head(key);
    const accepted = await send('12345', '5');

    expect(refused.map((answer) => answer.status)).toEqual([403, 403, 403]);
    expect(stored).toBeUndefined();
    expect(accepted.status).toBe(200);
    expect((await blobs().head(key))?.size).toBe(5);
  });

  test('a signed PUT takes the body of its checksum only', async () => {
    const key = uniqueName('checksum');
    const bound = { expiresIn: 60, sha256: sha256('right') };
    const { url, headers } = await blobs().signPut(key, bound);
    const send = (body: string, sent: { [name: string]: string }) =>
      sendRaw(url, { method: 'PUT', headers: sent, body });

    const wrong = await send('wrong', headers);
    const other = await send('wrong', { ...headers, 'x-amz-checksum-sha256': sha256('wrong') });
    const without = await send('wrong', {});
    const stored = await blobs().head(key);
    const right = await send('right', headers);

    expect([wrong.status, other.status, without.status]).toEqual([400, 403, 403]);
    expect(stored).toBeUndefined();
    expect(right.status).toBe(200);
  });

  test('a signed PUT refuses bounds that make no sense', async () => {
    const key = uniqueName('bounds');
    for (const bound of [{ length: -1 }, { length: 0.5 }, { sha256: 'abc' }, { sha256: '' }]) {
      const promise = blobs().signPut(key, { expiresIn: 60, ...bound });
      await expect(promise).rejects.toEqual(refusedAs('invalid'));
    }
  });
};

export const signedPutTests = (tests: BlobsTests): void => {
  const { blobs, elapse, test } = tests;
  describe('signed PUT', () => {
    test('a signed PUT stores the body, again when it is sent again', async () => {
      const key = `${uniqueName('put')}/ä b.bin`;
      const { url, headers } = await blobs().signPut(key, { expiresIn: 60 });

      const first = await sendRaw(url, { method: 'PUT', headers, body: 'one' });
      const second = await sendRaw(url, { method: 'PUT', headers, body: 'two' });

      expect([first.status, second.status]).toEqual([200, 200]);
      expect(second.headers.etag).toBe((await blobs().head(key))?.etag);
      expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('two');
    });

    test('a signed PUT takes an empty body', async () => {
      const key = uniqueName('put-empty');
      const { url, headers } = await blobs().signPut(key, { expiresIn: 60, length: 0 });

      const { status } = await sendRaw(url, { method: 'PUT', headers, body: '' });

      expect(status).toBe(200);
      expect((await blobs().head(key))?.size).toBe(0);
    });

    test('a signed PUT is for PUT only', async () => {
      const key = uniqueName('put-method');
      await blobs().put(key, 'secret');
      const { url } = await blobs().signPut(key, { expiresIn: 60 });

      for (const method of ['GET', 'POST', 'DELETE', 'HEAD']) {
        const answer = await sendRaw(url, { method });
        expect([method, answer.status >= 400]).toEqual([method, true]);
        expect(answer.body.toString()).not.toContain('secret');
      }
    });

    test('a signed PUT expires', async () => {
      const key = uniqueName('put-expiry');
      const { url, headers } = await blobs().signPut(key, { expiresIn: 2 });

      await elapse(3);
      const { status } = await sendRaw(url, { method: 'PUT', headers, body: 'late' });

      expect(status).toBe(403);
      expect(await blobs().head(key)).toBeUndefined();
    });

    test('a signed PUT that is cut leaves what was there', async () => {
      const key = uniqueName('cut');
      await blobs().put(key, 'before');
      const { url, headers } = await blobs().signPut(key, { expiresIn: 60, length: 1_000_000 });

      const request = { method: 'PUT', headers, body: 'x'.repeat(200_000), cut: true };
      await expect(sendRaw(url, request)).rejects.toThrow();

      expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('before');
    });
    boundTests(tests);
  });
};
