import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type TestApp, type TestUser, testApp } from '../../support/app.ts';

const PATH = '/api/v1/experiments';
/** The largest JSON body that is parsed. */
const MAX_BODY = 6 * 1024 * 1024;

let app: TestApp;
let user: TestUser;
let made = 0;
beforeAll(async () => {
  app = testApp();
  user = await app.newUser();
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const fresh = (): string => {
  made += 1;
  return `name ${made}`;
};
const create = (more: object): Promise<Answer> =>
  user.post(PATH, { group: 1, name: fresh(), ...more });
const again = async (answer: Answer): Promise<Answer> => user.get(`${PATH}/${answer.body.id}`);

/** What has broken other servers, beside everything that chance finds. */
const strange = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  // Halves of surrogate pairs.
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00x',
    '\u202Egnp.exe',
    'a\u200Bb',
    '\uFEFFx',
    'e\u0301',
    '\u00e9',
    '😀'.repeat(200),
    '%00',
    '..%2f',
    "'; DROP TABLE",
    '<script>alert(1)</script>',
    '$' + '{jndi:ldap://x}',
    '\r\nSet-Cookie: a=b',
    ' ',
    '.',
    '..',
    'NaN',
    '1e400',
  ),
);

describe('strings', () => {
  it('are stored exactly as a description, or refused', async () => {
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(strange, async (description) => {
        const answer = await create({ description });
        if (answer.status === 400) {
          expect(answer.body.errors.description).toHaveLength(1);
          return;
        }
        expect(answer.status).toBe(200);
        expect((await again(answer)).body.description).toBe(description);
        stored += 1;
      }),
      { numRuns: 300 },
    );

    expect(stored).toBeGreaterThan(100);
  });

  it('are names or are refused, and what is a name can be searched for', async () => {
    const plain = fc.string({ unit: fc.constantFrom(...'aZ09_. -'), minLength: 1, maxLength: 12 });
    let stored = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(strange, plain), async (name) => {
        const answer = await create({ name });
        if (answer.status !== 200) {
          expect([400, 409]).toContain(answer.status);
          return;
        }
        const search = encodeURIComponent(`name:"${name}"`);
        const found = await user.get(`${PATH}?search=${search}&pageLength=1000`);
        expect(found.status).toBe(200);
        expect(found.body.data.map((row: { name: string }) => row.name)).toContain(name);
        stored += 1;
      }),
      { numRuns: 200 },
    );

    expect(stored).toBeGreaterThan(40);
  });

  it('never break a search, a sort, a mask or a credential', async () => {
    await fc.assert(
      fc.asyncProperty(strange, async (text) => {
        const query = encodeURIComponent(text.toWellFormed());
        const header = text.replaceAll(/[^\x20-\xff]/g, '?');
        const answers = await Promise.all([
          user.get(`${PATH}?search=${query}`),
          user.get(`${PATH}?sortBy=${query}`),
          user.get(`${PATH}?groupId=${query}&index=${query}`),
          user.get(`${PATH}/${query}`),
          user.call('GET', PATH, undefined, { 'x-fields': header }),
          app.client({ authorization: `Bearer ${header}` }).get(PATH),
          app.client({ authorization: `Basic ${btoa(header)}` }).get(PATH),
          app.client({ cookie: `session=${header}` }).get(PATH),
          user.post('/api/v1/auth/login', { username: text, password: text }),
        ]);

        for (const { status, headers } of answers) {
          expect([200, 400, 401, 404, 422]).toContain(status);
          expect(headers.get('content-type')).toMatch(/^application\/json/);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('are cut nowhere: bytes that are no UTF-8 are refused', async () => {
    for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const quoted = Buffer.from([...Buffer.from('{"group":1,"name":"'), ...bytes, 0x22, 0x7d]);
      const init = { method: 'POST', body: quoted, headers: { cookie: user.cookie } };

      expect((await app.fetch(PATH, init)).status).toBe(400);
    }
  });
});

describe('numbers', () => {
  it.each(['9007199254740993', '1e400', '-0', '-1', '1.5', '"1"', 'true', 'null', '[1]', '{}'])(
    'cannot be the group: %s',
    async (text) => {
      const answer = await user.post(PATH, `{"group":${text},"name":"${fresh()}"}`);

      expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['group']]);
    },
  );

  it('of other forms are the same number', async () => {
    const answer = await user.post(PATH, `{"group":1.0e0,"name":"${fresh()}"}`);

    expect(answer).toMatchObject({ status: 200, body: { group: { id: 1 } } });
  });
});

describe('limits', () => {
  const letters = (length: number): string => 'x'.repeat(length);

  it('of a name: 500 characters', async () => {
    const longest = fresh().padEnd(500, 'x');

    expect(await create({ name: longest })).toMatchObject({ status: 200, body: { name: longest } });
    const over = await create({ name: `${longest}x` });
    expect(over).toMatchObject({ status: 400, text: expect.stringContaining('500') });
  });

  it('of a description: 10,000 characters, however many bytes', async () => {
    for (const longest of [letters(10_000), '😀'.repeat(10_000)]) {
      const answer = await create({ description: longest });

      expect((await again(answer)).body.description).toBe(longest);
      expect((await create({ description: `${longest}x` })).status).toBe(400);
    }
  });

  it('of a list of ids: 1,000', async () => {
    const { body } = await create({});
    const ids = (length: number) => ({ ids: Array.from({ length }, () => 987_654_321) });
    const path = `${PATH}/${body.id}/entrypoints`;

    expect((await user.post(path, ids(1_000))).status).toBe(404);
    expect((await user.post(path, ids(1_001))).status).toBe(400);
    expect((await user.post(path, ids(0))).status).toBe(200);
  });

  it('of a body: 6 MB', async () => {
    const body = JSON.stringify({ group: 1, name: fresh() });
    const padded = (bytes: number) => body.padEnd(bytes, ' ');

    expect((await user.post(PATH, padded(MAX_BODY))).status).toBe(200);
    const over = await user.post(PATH, padded(MAX_BODY + 1));
    expect(over).toMatchObject({ status: 413, body: { error: 'ContentTooLargeError' } });
  });

  it('of a body that says that it is larger than it is', async () => {
    const headers = { 'content-length': String(MAX_BODY + 1) };

    expect((await user.call('POST', PATH, '{}', headers)).status).toBe(413);
  });

  it('of depth: a hundred thousand brackets are just wrong', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    expect((await user.post(PATH, deep)).status).toBe(400);
    expect((await user.post(PATH, `{"group":1,"name":${deep}}`)).status).toBe(400);
  });

  it('of a password, a name of a user and an address', async () => {
    const account = (username: string, email: string, password: string) =>
      app.client().post('/api/v1/users', { username, email, password, confirmPassword: password });

    expect((await account(letters(150), 'a@b', letters(1_024))).status).toBe(200);
    expect((await account(letters(151), 'c@d', 'p')).status).toBe(400);
    expect((await account('u', 'e@f', letters(1_025))).status).toBe(400);
    expect((await account('v', letters(321), 'p')).status).toBe(400);
    expect((await account('w\u202E', 'g@h', 'p')).status).toBe(400);
  });

  it('of a search: a long one is refused or answered in time', async () => {
    for (const search of ['*'.repeat(2_000), 'a*'.repeat(1_000), `name:"${'?'.repeat(2_000)}"`]) {
      const startedAt = performance.now();
      const { status } = await user.get(`${PATH}?search=${encodeURIComponent(search)}`);

      expect([200, 422]).toContain(status);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
  });
});
