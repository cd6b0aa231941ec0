import { createHash } from 'node:crypto';
import { describe, expect } from 'vitest';
import { sendRaw } from '../support/raw-http.ts';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const sha256 = (body: string): string => createHash('sha256').update(body).digest('base64');

/** Whether a URL no longer says how it was signed, or with what. */
const isUnsigned = (url: string): boolean => {
  const parameters = new Map(
    [...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]),
  );
  if ((parameters.get('signature') ?? '') !== '') return false;
  const algorithm = parameters.get('x-amz-algorithm');
  return algorithm !== 'AWS4-HMAC-SHA256' || (parameters.get('x-amz-signature') ?? '') === '';
};

/** Every URL that differs from this one in one parameter, or has one more or one less. */
const tampered = (url: string): readonly string[] => {
  const changed = (change: (copy: URL) => void): string => {
    const copy = new URL(url);
    change(copy);
    return copy.href;
  };
  return [...new URL(url).searchParams].flatMap(([name, value]) => [
    changed((copy) => copy.searchParams.delete(name)),
    changed((copy) => copy.searchParams.set(name, `${value}0`)),
    changed((copy) => copy.searchParams.set(name, '')),
    // The first character decides on each of them: numbers grow, signatures differ.
    changed((copy) => copy.searchParams.set(name, (value[0] === '9' ? '8' : '9') + value.slice(1))),
  ]);
};

const signed = { expiresIn: 60, filename: 'model.bin' };

const widenings: readonly (readonly [string, string])[] = [
  ['response-content-type', 'text/html'],
  ['response-content-disposition', 'inline'],
  ['contentType', 'text/html'],
  ['filename', 'x.html'],
  ['x-amz-acl', 'public-read'],
  ['versionId', '1'],
];

const tamperTests = ({ blobs, test }: BlobsTests): void => {
  test('a signed GET is void once any part of it is changed', async () => {
    const key = `${uniqueName('tamper')}/file`;
    await blobs().put(key, 'secret');
    await blobs().put(`${key}2`, 'other');
    const url = await blobs().signGet(key, signed);

    const changed = tampered(url).filter((attempt) => !isUnsigned(attempt));
    const elsewhere = [url.replace('/file?', '/file2?'), url.replace('/file?', '/%66ile2?')];
    const added = widenings.map(([name, value]) => `${url}&${name}=${value}`);
    const statuses = new Map<string, number>();
    for (const attempt of [...changed, ...elsewhere, ...added]) {
      const answer = await sendRaw(attempt);
      if (![400, 403].includes(answer.status)) statuses.set(attempt, answer.status);
      expect(answer.body.toString()).not.toContain('other');
    }

    expect([...statuses]).toEqual([]);
    expect((await sendRaw(url)).status).toBe(200);
  });

  test('a signed PUT is void once any part of it is changed', async () => {
    const key = `${uniqueName('tamper-put')}/file`;
    const body = 'payload';
    const bound = { expiresIn: 60, length: body.length, sha256: sha256(body), once: true };
    const { url, headers } = await blobs().signPut(key, bound);

    const attempts = [
      ...tampered(url).filter((attempt) => !isUnsigned(attempt)),
      url.replace('/file?', '/other?'),
      url.replace(/^(http:..[^/]+)\/([^/]+)\//, '$1/other-bucket/'),
      ...widenings.map(([name, value]) => `${url}&${name}=${value}`),
      `${url}&x-amz-tagging=a%3Db`,
      `${url}&uploadId=x&partNumber=1`,
    ];
    const accepted: string[] = [];
    for (const attempt of attempts) {
      const { status } = await sendRaw(attempt, { method: 'PUT', headers, body });
      if (![400, 403].includes(status)) accepted.push(`${status} ${attempt}`);
    }

    expect(accepted).toEqual([]);
    expect(await blobs().head(key)).toBeUndefined();
    expect(await blobs().head(key.replace('/file', '/other'))).toBeUndefined();
  });

  test('a signed PUT takes no header of the store that it does not cover', async () => {
    const key = `${uniqueName('unsigned-headers')}/file`;
    const { url, headers } = await blobs().signPut(key, { expiresIn: 60, length: 1, once: true });
    const added = {
      'x-amz-acl': 'public-read',
      'x-amz-tagging': 'a=b',
      'x-amz-meta-x': 'y',
      'x-amz-website-redirect-location': 'https://example.test',
    };

    for (const [name, value] of Object.entries(added)) {
      const sent = { ...headers, [name]: value };
      expect((await sendRaw(url, { method: 'PUT', headers: sent, body: 'x' })).status).toBe(403);
    }

    expect(await blobs().head(key)).toBeUndefined();
  });

  test('a URL that lost its signature is void', async () => {
    const key = `${uniqueName('unsigned')}/file`;
    await blobs().put(key, 'secret');
    const get = await blobs().signGet(key, signed);
    const put = await blobs().signPut(key, { expiresIn: 60 });

    const accepted: string[] = [];
    for (const attempt of [get.split('?')[0] ?? '', ...tampered(get).filter(isUnsigned)]) {
      if (![400, 403].includes((await sendRaw(attempt)).status)) accepted.push(attempt);
    }
    for (const attempt of [put.url.split('?')[0] ?? '', ...tampered(put.url).filter(isUnsigned)]) {
      const { status } = await sendRaw(attempt, { method: 'PUT', body: 'mine' });
      if (![400, 403].includes(status)) accepted.push(attempt);
    }

    expect(accepted).toEqual([]);
    expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('secret');
  });
};

export const signedGetTests = (tests: BlobsTests): void => {
  const { blobs, elapse, test } = tests;
  describe('signed GET', () => {
    test('a signed GET answers the bytes as an attachment', async () => {
      const key = `${uniqueName('get')}/ünï côde+%20?.bin`;
      await blobs().put(key, 'content');

      const url = await blobs().signGet(key, { ...signed, contentType: 'text/csv' });
      const answer = await sendRaw(url);

      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toBe('content');
      expect(answer.headers['content-type']).toBe('text/csv');
      expect(answer.headers['content-length']).toBe('7');
      expect(answer.headers['content-disposition']).toBe(`attachment; filename*=UTF-8''model.bin`);
      expect(answer.headers.etag).toMatch(/^".+"$/);
    });

    test('a signed GET is of octets unless a media type is given', async () => {
      const key = uniqueName('type');
      await blobs().put(key, '<script>', { contentType: 'text/html' });
      const types = [undefined, 'text/html\r\nset-cookie: x=1', 'nonsense', ''];

      for (const contentType of types) {
        const url = await blobs().signGet(key, {
          ...signed,
          ...(contentType !== undefined && { contentType }),
        });
        const { headers } = await sendRaw(url);
        expect(headers['content-type']).toBe('application/octet-stream');
        expect(headers['set-cookie']).toBeUndefined();
      }
    });

    test('a signed GET carries any file name safely', async () => {
      const key = uniqueName('name');
      await blobs().put(key, 'x');
      const names = ['a"b.txt', 'a\r\nset-cookie: x=1', 'grüße 😀.txt', "it's;(1)*%.csv", '\ud800'];

      for (const filename of names) {
        const { status, headers } = await sendRaw(
          await blobs().signGet(key, { expiresIn: 60, filename }),
        );
        const disposition = headers['content-disposition'] ?? '';
        expect(status).toBe(200);
        expect(headers['set-cookie']).toBeUndefined();
        expect(disposition).toMatch(/^attachment; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*$/);
        expect(decodeURIComponent(disposition.split("''")[1] ?? '')).toBe(filename.toWellFormed());
      }
    });

    test('a signed GET answers ranges', async () => {
      const key = uniqueName('range');
      await blobs().put(key, '0123456789');
      const url = await blobs().signGet(key, signed);
      const part = async (range: string) => {
        const { status, headers, body } = await sendRaw(url, { headers: { range } });
        return [status, headers['content-range'], status === 416 ? '' : body.toString()];
      };

      expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
      expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
      expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
      expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
      expect((await part('bytes=10-'))[0]).toBe(416);
    });

    test('a signed GET is for GET only', async () => {
      const key = uniqueName('method');
      await blobs().put(key, 'x');
      const url = await blobs().signGet(key, signed);

      for (const method of ['PUT', 'POST', 'DELETE', 'HEAD']) {
        const { status } = await sendRaw(
          url,
          method === 'PUT' ? { method, body: 'y' } : { method },
        );
        expect([method, status >= 400]).toEqual([method, true]);
      }
      expect(Buffer.from((await blobs().get(key)) ?? []).toString()).toBe('x');
    });

    test('a signed GET of an absent object is not found', async () => {
      const url = await blobs().signGet(uniqueName('absent'), signed);

      expect((await sendRaw(url)).status).toBe(404);
    });

    test('a signed GET expires', async () => {
      const key = uniqueName('expiry');
      await blobs().put(key, 'x');
      const url = await blobs().signGet(key, { expiresIn: 2, filename: 'x' });

      const before = await sendRaw(url);
      await elapse(3);

      expect(before.status).toBe(200);
      expect((await sendRaw(url)).status).toBe(403);
    });

    test('a signature lives 1 to 900 whole seconds', async () => {
      const key = uniqueName('lifetime');
      for (const expiresIn of [0, -1, 901, 1.5, Number.NaN]) {
        const get = blobs().signGet(key, { expiresIn, filename: 'x' });
        await expect(get).rejects.toEqual(refusedAs('invalid'));
        await expect(blobs().signPut(key, { expiresIn })).rejects.toEqual(refusedAs('invalid'));
      }
      expect(await blobs().signGet(key, { expiresIn: 900, filename: 'x' })).toContain('://');
    });
    tamperTests(tests);
  });
};
