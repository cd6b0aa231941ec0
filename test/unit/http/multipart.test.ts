import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FormLimits, UploadedFile } from '#http/form.ts';
import { FormRefused, readForm } from '#http/multipart.ts';
import { AppError } from '#kernel/errors.ts';

const LIMITS: FormLimits = {
  files: { one: 'one', many: 'many' },
  maxBytes: 2_000_000,
  maxFileBytes: 1_000_000,
  maxParts: 200,
};

const request = (body: string | ReadableStream, headers: Record<string, string> = {}): Request =>
  new Request('http://assay.test', {
    method: 'POST',
    body,
    headers,
    duplex: 'half',
  } as RequestInit);

const TYPE = { 'content-type': 'multipart/form-data; boundary=b' };
const part = (head: string, content = 'x') => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const named = (name: string, content = 'x') =>
  part(`Content-Disposition: form-data; name="${name}"`, content);
const file = (name: string, content: string) =>
  part(`Content-Disposition: form-data; name="${name}"; filename="f"`, content);

const outcome = (body: string, headers: Record<string, string> = TYPE) =>
  readForm(request(body, headers), LIMITS).then(
    () => 'read',
    (error: unknown) => {
      if (error instanceof FormRefused) return 'refused';
      return error instanceof AppError ? error.code : String(error);
    },
  );

const hostile: readonly (readonly [
  string,
  string,
  string,
  (Record<string, string> | undefined)?,
])[] = [
  ['JSON', 'refused', '{}', { 'content-type': 'application/json' }],
  ['no content type', 'refused', named('a'), { 'content-type': '' }],
  ['no boundary', 'refused', named('a'), { 'content-type': 'multipart/form-data' }],
  [
    'an empty boundary',
    'refused',
    named('a'),
    { 'content-type': 'multipart/form-data; boundary=' },
  ],
  [
    'a boundary of 10,000 characters',
    'refused',
    named('a'),
    { 'content-type': `multipart/form-data; boundary=${'b'.repeat(10_000)}` },
  ],
  ['another multipart', 'refused', named('a'), { 'content-type': 'multipart/mixed; boundary=b' }],
  ['no parts at all', 'refused', ''],
  ['another boundary', 'refused', '--c\r\n\r\n'],
  ['no end', 'refused', named('a')],
  ['a part without a name', 'refused', `${part('X: y')}--b--\r\n`],
  ['a name that is empty', 'refused', `${named('')}--b--\r\n`],
  ['headers that never end', 'refused', `--b\r\nX: ${'x'.repeat(100_000)}`],
  ['a huge header', 'refused', `${part(`X: ${'x'.repeat(10_000)}`)}--b--\r\n`],
  ['a name that is no UTF-8', 'read', `${named('ä')}--b--\r\n`],
  ['10,000 files', 'too_large', `${file('many', 'x').repeat(10_000)}--b--\r\n`],
  ['150 fields', 'refused', `${named('a').repeat(150)}--b--\r\n`],
  ['a file that is too large', 'too_large', `${file('one', 'x'.repeat(1_000_001))}--b--\r\n`],
  ['a text that is too large', 'too_large', `${named('a', 'x'.repeat(70_000))}--b--\r\n`],
  ['too much together', 'too_large', `${file('many', 'x'.repeat(999_999)).repeat(3)}--b--\r\n`],
  ['what comes after the end', 'read', `${named('a')}--b--\r\nepilogue`],
];

describe('a form', () => {
  it.each(hostile.map((row) => ({ row, title: row[0], wanted: row[1] })))(
    'with $title is $wanted',
    async ({ row: [, wanted, body, headers] }) => {
      expect(await outcome(body, headers)).toBe(wanted);
    },
  );

  it('that says to be larger than it may is not read', async () => {
    const form = request(`${named('a')}--b--\r\n`, { ...TYPE, 'content-length': '99999999' });

    await expect(readForm(form, LIMITS)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('that never ends is read up to its limit', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = sent === 0 ? Buffer.from('--b\r\n') : Buffer.alloc(64_000, 65);
        sent += chunk.byteLength;
        controller.enqueue(chunk);
      },
    });

    const reading = readForm(request(endless, TYPE), LIMITS);
    await expect(reading).rejects.toThrow();
    expect(sent).toBeLessThan(LIMITS.maxBytes * 2);
  });

  it('has repeated fields as lists, and no field of the prototype', async () => {
    const body = `${named('a', '1')}${named('a', '2')}${named('__proto__', '3')}${file('many', 'f')}--b--`;
    const fields = (await readForm(request(body, TYPE), LIMITS)) as Record<string, unknown>;

    expect(Object.keys(fields)).toEqual(['a', '__proto__', 'many']);
    expect(fields.a).toEqual(['1', '2']);
    expect(fields.many).toHaveLength(1);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('gives back the bytes of its files, however they are cut into chunks', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array));
    const tricky = fc
      .constantFrom('\r\n--', '\r\n--b', '--b--', '\r', '\n')
      .map((text) => new Uint8Array(Buffer.from(text)));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(bytes, tricky), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        async (contents, size) => {
          const form = new FormData();
          for (const content of contents) form.append('many', new File([content], 'ü "x".py'));
          const whole = new Response(form);
          const type = whole.headers.get('content-type') ?? '';
          const all = Buffer.from(await whole.arrayBuffer());
          const chunks = Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
            all.subarray(n * size, (n + 1) * size),
          );
          const read = await readForm(
            request(ReadableStream.from(chunks), { 'content-type': type }),
            LIMITS,
          );

          const files = (read as { many: UploadedFile[] }).many;
          expect(files.map((each) => Buffer.from(each.bytes))).toEqual(
            contents.map((each) => Buffer.from(each)),
          );
        },
      ),
    );
  });
});
