import { randomBytes } from 'node:crypto';
import { describe, expect } from 'vitest';
import type { Blobs } from '#kernel/blobs.ts';
import type { BlobsTests } from './blobs.suite.ts';
import { uniqueName } from './suite.ts';

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes && Buffer.from(bytes).toString();

const hostileKeys: readonly string[] = [
  '',
  '/absolute',
  'a//b',
  'ends/',
  '.',
  '..',
  '../up',
  'a/../../etc/passwd',
  'a/./b',
  'nul\u0000',
  'line\nbreak',
  'tab\t',
  'del\u007f',
  'a\\..\\b',
  'half\ud800',
  'é'.repeat(451),
];

const keyTests = ({ blobs, test }: BlobsTests): void => {
  test('keeps keys apart that a file system might not', async () => {
    const base = uniqueName('keys');
    const names = [
      'a',
      'a/b',
      'a/b/c',
      'A',
      'é',
      'e\u0301',
      'a.',
      'a ',
      'con',
      '%2e%2e',
      'a+b',
      '?x=1#y',
    ];
    const keys = names.map((name) => `${base}/${name}`);

    for (const key of keys) await blobs().put(key, `content of ${key}`);

    for (const key of keys) expect(text(await blobs().get(key))).toBe(`content of ${key}`);
    await blobs().remove([`${base}/a`]);
    expect(await blobs().get(`${base}/a`)).toBeUndefined();
    expect(text(await blobs().get(`${base}/a/b`))).toBe(`content of ${base}/a/b`);
  });

  test('takes a key of 900 bytes and long segments', async () => {
    const key = `${uniqueName('long')}/`.padEnd(900, 'x');

    await blobs().put(key, 'long');

    expect(text(await blobs().get(key))).toBe('long');
  });

  for (const key of hostileKeys) {
    test(`refuses the key ${JSON.stringify(key.slice(0, 20))}`, async () => {
      const calls: readonly ((blobs: Blobs) => Promise<unknown>)[] = [
        (store) => store.put(key, 'x'),
        (store) => store.get(key),
        (store) => store.stream(key),
        (store) => store.head(key),
        (store) => store.remove([key]),
        (store) => store.signGet(key, { expiresIn: 60, filename: 'x' }),
        (store) => store.signPut(key, { expiresIn: 60 }),
        (store) => store.startUpload(key),
      ];
      for (const call of calls) await expect(call(blobs())).rejects.toEqual(refusedAs('invalid'));
    });
  }
};

export const objectTests = (tests: BlobsTests): void => {
  const { blobs, test } = tests;
  describe('objects', () => {
    test('answers what was put, as bytes, and nothing before', async () => {
      const key = uniqueName('object');
      const content = new Uint8Array(randomBytes(300_000));

      const before = [await blobs().get(key), await blobs().head(key), await blobs().stream(key)];
      await blobs().put(key, content);

      expect(before).toEqual([undefined, undefined, undefined]);
      expect(Buffer.compare((await blobs().get(key)) ?? new Uint8Array(), content)).toBe(0);
      expect(await blobs().head(key)).toMatchObject({ key, size: 300_000 });
    });

    test('keeps empty objects and text', async () => {
      const key = uniqueName('text');

      await blobs().put(`${key}-empty`, '');
      await blobs().put(key, 'grüße 😀', { contentType: 'text/plain' });

      expect(await blobs().get(`${key}-empty`)).toHaveLength(0);
      expect(await blobs().head(`${key}-empty`)).toMatchObject({ size: 0 });
      expect(text(await blobs().get(key))).toBe('grüße 😀');
    });

    test('replaces an object and changes its etag', async () => {
      const key = uniqueName('replaced');
      await blobs().put(key, 'one');
      const first = await blobs().head(key);
      await blobs().put(key, 'two!');
      const second = await blobs().head(key);

      expect(text(await blobs().get(key))).toBe('two!');
      expect(second?.size).toBe(4);
      expect(second?.etag).not.toBe(first?.etag);
    });

    test('answers ranges, also beyond the end', async () => {
      const key = uniqueName('range');
      await blobs().put(key, '0123456789');
      const part = async (from: number, to?: number) =>
        text(await blobs().get(key, to === undefined ? { from } : { from, to }));

      expect(await part(2, 4)).toBe('234');
      expect(await part(0, 0)).toBe('0');
      expect(await part(7)).toBe('789');
      expect(await part(8, 1000)).toBe('89');
      expect(await part(10)).toBe('');
      await expect(part(-1, 4)).rejects.toEqual(refusedAs('invalid'));
      await expect(part(4, 3)).rejects.toEqual(refusedAs('invalid'));
    });

    test('streams an object in chunks', async () => {
      const key = uniqueName('stream');
      const content = randomBytes(2_000_000);
      await blobs().put(key, content);

      const chunks: Uint8Array[] = [];
      for await (const chunk of (await blobs().stream(key)) ?? []) chunks.push(chunk);

      expect(chunks.length).toBeGreaterThan(1);
      expect(Buffer.concat(chunks).equals(content)).toBe(true);
    });

    test('removes objects, absent ones included', async () => {
      const keys = [uniqueName('gone'), uniqueName('gone'), uniqueName('never')];
      await blobs().put(keys[0] ?? '', '1');
      await blobs().put(keys[1] ?? '', '2');

      await blobs().remove(keys);
      await blobs().remove([]);

      for (const key of keys) expect(await blobs().head(key)).toBeUndefined();
    });

    test('shows one of two contents while both are put at once', async () => {
      const key = uniqueName('race');
      const contents = ['a', 'b'].map((letter) => letter.repeat(500_000));

      const puts = Array.from({ length: 10 }, (_, at) => blobs().put(key, contents[at % 2] ?? ''));
      await Promise.all(puts);

      expect(contents).toContain(text(await blobs().get(key)));
    });
    keyTests(tests);
  });
};

/** Lists page by page until there is no further position; stops a loop that never ends. */
const listAll = async (
  blobs: Blobs,
  prefix: string,
  options: { limit: number; delimited?: boolean },
): Promise<{ keys: readonly string[]; folders: readonly string[] }> => {
  const keys: string[] = [];
  const folders: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await blobs.list(prefix, after === undefined ? options : { ...options, after });
    expect(page.objects.length + page.folders.length).toBeLessThanOrEqual(options.limit);
    keys.push(...page.objects.map((object) => object.key));
    folders.push(...page.folders);
    if (page.next === undefined) return { keys, folders };
    after = page.next;
  }
  throw new Error('The pages do not end.');
};

export const listTests = ({ blobs, test }: BlobsTests): void => {
  describe('lists', () => {
    // In the order of their UTF-8 bytes.
    const names = ['a', 'a!', 'a/1', 'a/2', 'a/b/3', 'a0', 'b/1', 'c', 'é/1', '\uffee', '😀'];

    test('list answers keys in order, whole and in pages', async () => {
      const base = `${uniqueName('list')}/`;
      for (const name of names.toReversed()) await blobs().put(base + name, name);

      const whole = await blobs().list(base);
      const paged = await listAll(blobs(), base, { limit: 2 });

      const expected = names.map((name) => base + name);
      expect(whole.objects.map((object) => object.key)).toEqual(expected);
      expect(whole.objects[2]).toEqual(await blobs().head(`${base}a/1`));
      expect(whole.folders).toEqual([]);
      expect(paged.keys).toEqual(expected);
    });

    test('list answers folders once, whole and in pages', async () => {
      const base = `${uniqueName('folders')}/`;
      for (const name of names) await blobs().put(base + name, name);

      const whole = await blobs().list(base, { delimited: true });
      const keys = ['a', 'a!', 'a0', 'c', '\uffee', '😀'].map((name) => base + name);
      const folders = ['a/', 'b/', 'é/'].map((name) => base + name);

      expect(whole.objects.map((object) => object.key)).toEqual(keys);
      expect(whole.folders).toEqual(folders);
      for (const limit of [1, 2, 3]) {
        expect(await listAll(blobs(), base, { limit, delimited: true })).toEqual({ keys, folders });
      }
    });

    test('list takes any prefix and any position', async () => {
      const base = `${uniqueName('prefix')}/`;
      for (const name of names) await blobs().put(base + name, name);
      const keysOf = async (prefix: string, after?: string) =>
        (await blobs().list(prefix, after === undefined ? {} : { after })).objects.map((object) =>
          object.key.slice(base.length),
        );

      expect(await keysOf(`${base}a/`)).toEqual(['a/1', 'a/2', 'a/b/3']);
      expect(await keysOf(`${base}a`)).toEqual(['a', 'a!', 'a/1', 'a/2', 'a/b/3', 'a0']);
      expect(await keysOf(base, `${base}b`)).toEqual(['b/1', 'c', 'é/1', '\uffee', '😀']);
      expect(await keysOf(`${base}nothing`)).toEqual([]);
    });
  });
};
