import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileBlobs } from '#embedded/file-blobs.ts';
import { openServedBlobs, type ServedBlobs } from '../../support/file-blobs.ts';
import { sendRaw } from '../../support/raw-http.ts';

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

describe('openFileBlobs', () => {
  let served: ServedBlobs;

  beforeEach(async () => {
    served = await openServedBlobs();
  });

  afterEach(() => served.close());

  /** Every file of bytes in the folder, finished or not. */
  const filesLeft = async (): Promise<number> => {
    const entries = await readdir(served.folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('index.')).length;
  };

  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    const giveUpAt = performance.now() + 5_000;
    while (!(await condition())) {
      if (performance.now() > giveUpAt) throw new Error('It did not come to that in time.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  it('makes downloads harmless in a browser', async () => {
    await served.blobs.put('page', '<script>alert(1)</script>');
    const url = await served.blobs.signGet('page', {
      expiresIn: 60,
      filename: 'page.html',
      contentType: 'text/html',
    });

    const { headers } = await sendRaw(url);

    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'content-disposition': "attachment; filename*=UTF-8''page.html",
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'cache-control': 'private, no-store',
    });
  });

  it('answers errors as JSON that says nothing about what is there', async () => {
    await served.blobs.put('there', 'x');
    const url = await served.blobs.signGet('there', { expiresIn: 60, filename: 'x' });

    const forged = await sendRaw(url.replace('/there?', '/absent?'));
    const unsigned = await sendRaw(url.replace(/\?.*/, ''));

    for (const answer of [forged, unsigned]) {
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(JSON.parse(answer.body.toString())).toEqual({
        error: { code: 'access_denied', message: 'The URL is not valid, or no longer.' },
      });
    }
  });

  it('refuses paths that climb, and parameters that come twice', async () => {
    await served.blobs.put('a/b', 'x');
    const url = await served.blobs.signGet('a/b', { expiresIn: 60, filename: 'x' });
    const climbing = ['/a/../a/../b?', '/a/%2e%2e/b?', '/a//b?', '/%00?', '/%?', '/a%5Cb?'];

    const attempts = [
      ...climbing.map((path) => url.replace('/a/b?', path)),
      `${url}&method=GET`,
      `${url}&expires=9999999999999`,
      url.replace('signature=', 'Signature='),
      `${url}=`,
    ];

    for (const attempt of attempts) {
      expect([attempt, (await sendRaw(attempt)).status]).toEqual([attempt, 403]);
    }
  });

  it('knows no URL of another secret', async () => {
    await served.blobs.put('key', 'x');
    const url = new URL(await served.blobs.signGet('key', { expiresIn: 60, filename: 'x' }));
    const forger = openFileBlobs({
      folder: join(served.folder, 'forger'),
      clock: served.clock,
      secret: 'another secret than that',
      baseUrl: url.origin,
    });

    const forged = await forger.signGet('key', { expiresIn: 60, filename: 'x' });
    forger.close();

    expect((await sendRaw(forged)).status).toBe(403);
    expect((await sendRaw(url.href)).status).toBe(200);
  });

  it('works below a path of the base URL', async () => {
    const below = openFileBlobs({
      folder: join(served.folder, 'below'),
      clock: served.clock,
      secret: 'a secret of these tests',
      baseUrl: 'http://host.example/base/',
    });
    await below.put('key', 'x');
    const url = await below.signGet('key', { expiresIn: 60, filename: 'x' });

    const found = await below.handleRequest(new Request(url));
    const astray = await below.handleRequest(new Request(url.replace('/base/', '/')));
    below.close();

    expect(url).toMatch(/^http:\/\/host\.example\/base\/_blobs\/key\?/);
    expect([found.status, astray.status]).toEqual([200, 403]);
  });

  it('refuses a secret that is too short', () => {
    const options = { folder: served.folder, clock: served.clock, baseUrl: 'http://x' };

    expect(() => openFileBlobs({ ...options, secret: 'short' })).toThrow(
      expect.objectContaining({ reason: 'secret_too_short' }),
    );
  });

  it('asks for the length of a body and refuses headers that nobody signed', async () => {
    const { url } = await served.blobs.signPut('key', { expiresIn: 60 });
    const chunked = { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } };
    const tagged = { method: 'PUT', headers: { 'x-amz-acl': 'public-read' }, body: 'x' };
    const summed = { method: 'PUT', headers: { 'x-amz-checksum-sha256': 'x' }, body: 'x' };

    expect((await sendRaw(url, chunked)).status).toBe(411);
    expect((await sendRaw(url, tagged)).status).toBe(403);
    expect((await sendRaw(url, summed)).status).toBe(403);
    expect(await served.blobs.head('key')).toBeUndefined();
  });

  it('leaves no file behind of what was refused, cut, replaced, removed or aborted', async () => {
    const { blobs } = served;
    const checksum = createHash('sha256').update('right').digest('base64');
    const bound = await blobs.signPut('sum', { expiresIn: 60, sha256: checksum });
    const open = await blobs.signPut('cut', { expiresIn: 60 });
    const headers = { 'content-length': '500000' };

    await sendRaw(bound.url, { method: 'PUT', headers: bound.headers, body: 'wrong' });
    const cut = sendRaw(open.url, { method: 'PUT', headers, body: 'x'.repeat(9000), cut: true });
    await expect(cut).rejects.toThrow();
    await blobs.put('twice', 'one');
    await blobs.put('twice', 'two');
    await blobs.put('removed', 'x');
    await blobs.remove(['removed']);
    const upload = await blobs.startUpload('aborted');
    const part = await blobs.signPart('aborted', upload, 1, { expiresIn: 60 });
    for (const body of ['first', 'again']) {
      await sendRaw(part.url, { method: 'PUT', headers: part.headers, body });
    }
    await blobs.abortUpload('aborted', upload);

    await until(async () => (await filesLeft()) === 1);
    expect(text(await blobs.get('twice'))).toBe('two');
  });

  it('ends uploads that nobody completed within a day', async () => {
    const { blobs, clock } = served;
    const upload = await blobs.startUpload('old');
    const part = await blobs.signPart('old', upload, 1, { expiresIn: 60 });
    const { headers } = await sendRaw(part.url, { method: 'PUT', body: 'x' });
    clock.advance(24 * 3_600_000 + 1);

    await blobs.startUpload('new');

    const parts = [{ partNumber: 1, etag: headers.etag ?? '' }];
    const completion = blobs.completeUpload('old', upload, parts);
    await expect(completion).rejects.toMatchObject({ reason: 'no_such_upload' });
    expect(await filesLeft()).toBe(0);
  });

  it('reads on from what is replaced or removed meanwhile', async () => {
    const content = 'a'.repeat(2_000_000);
    await served.blobs.put('key', content);
    const stream = await served.blobs.stream('key');

    let read = '';
    for await (const chunk of stream ?? []) {
      if (read === '') await served.blobs.put('key', 'b');
      read += Buffer.from(chunk).toString();
    }

    expect(read === content).toBe(true);
    expect(text(await served.blobs.get('key'))).toBe('b');
  });

  it('clears everything', async () => {
    await served.blobs.put('a/b', 'x');
    await served.blobs.startUpload('c');

    await served.blobs.clear();

    expect(await served.blobs.get('a/b')).toBeUndefined();
    expect(await served.blobs.list('')).toEqual({ objects: [], folders: [] });
    expect(await filesLeft()).toBe(0);
    await served.blobs.put('a/b', 'again');
    expect(text(await served.blobs.get('a/b'))).toBe('again');
  });

  it('takes a large body without keeping it in memory', async () => {
    const { blobs } = served;
    const chunk = new Uint8Array(1024 * 1024).fill(7);
    const chunks = 256;
    const length = chunks * chunk.length;
    const { url } = await blobs.signPut('large', { expiresIn: 60, length });
    let sent = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (sent === chunks) return controller.close();
          sent += 1;
          controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
    const before = process.memoryUsage().rss;

    const response = await blobs.handleRequest(
      new Request(url, {
        method: 'PUT',
        body,
        headers: { 'content-length': String(length) },
        duplex: 'half',
      }),
    );

    const grown = process.memoryUsage().rss - before;
    expect(response.status).toBe(200);
    expect((await blobs.head('large'))?.size).toBe(length);
    expect(grown).toBeLessThan(length / 2);
  });
});
