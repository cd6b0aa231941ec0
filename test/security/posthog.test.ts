/** Hostile calls of PostHog's API by people who may call it, and by those who may call something else. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathParameters } from '#http/route.ts';
import { posthogRoutes } from '#surfaces/posthog/parts.ts';
import { type Answer, type Client, type Json, testApp } from '../support/app.ts';
import { addressOf, type Ids } from '../surface/common/fixture.ts';
import { posthogFixtures as fixtures } from '../surface/common/posthog-fixtures.ts';
import { callerOf, callOf, type Row, type Stage } from '../surface/common/stage.ts';
import { newWorld } from '../surface/common/world.ts';

const routes = await posthogRoutes();
const rows: readonly Row[] = routes.map((row) => ({
  ...row,
  fixture: fixtures[row.operationId] ?? {},
}));
const matrix = { base: '', routes, fixtures, isError: () => true };
const stage = { matrix, rows } as unknown as Stage;

beforeAll(async () => {
  stage.app = testApp({ registration: 'open' });
  stage.mine = await newWorld(stage.app);
  stage.beside = stage.mine;
  stage.theirs = await newWorld(stage.app);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

const guarded = rows.filter(({ access }) => access.kind !== 'public');
const ofPlace = guarded.filter(({ path }) => pathParameters(path).length > 0);
const asked = guarded.filter(({ query }) => query !== undefined);
const writes = guarded.filter(({ body }) => body !== undefined);
const membersOf = ({ body }: Row): readonly string[] =>
  body !== undefined && 'shape' in body ? Object.keys(body.shape as object) : [];

/** Whatever was wrong, it is told in few words, and is the caller's fault. */
function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(400);
  expect(answer.text.length).toBeLessThan(2_000);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
}

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const NASTY_BODIES: readonly (readonly [string, (text: string) => string])[] = [
  ['nothing', () => ''],
  ['no JSON', (text) => `${text}x`],
  ['half of it', (text) => text.slice(0, -1)],
  ['a number', () => '1'],
  ['null', () => 'null'],
  ['a prototype', (text) => `{"__proto__":{"id":1},${text.slice(1)}`],
  ['a deep prototype', (text) => `{"x":[{"\\u005f_proto__":1}],${text.slice(1)}`],
];

describe.each(writes)('a body of $method $path', (row) => {
  const isOptional = (what: string): boolean => row.bodyOptional === true && what === 'nothing';
  it.each(NASTY_BODIES)('is refused as %s', async (what, spoilt) => {
    const { path, body } = await callOf(stage, row);
    if (isOptional(what) || Array.isArray(body)) return;
    const caller = await callerOf(stage, row);
    const answer = await caller.call(row.method, path, spoilt(JSON.stringify(body)));

    expectRefused(answer);
  });

  it.each(membersOf(row))('fails nowhere for what `%s` may be', async (name) => {
    const { path, body } = await callOf(stage, row);
    const values = [
      ...['"\\u0000"', '"\\ud800"', '"\\r\\nset-cookie: a=b"', '"<script>"', '""', '" "'],
      ...['9007199254740991', '9007199254740993', '-9007199254740993', '1e400', '-0', '1.5'],
      ...['null', 'true', '[]', '{}', '[null]', '[[]]', '{"constructor":1,"toString":null}'],
      JSON.stringify('x'.repeat(1_000_000)),
      JSON.stringify(Array.from({ length: 2_000 }, () => ({}))),
      ...[deep(50_000), deep(900), `{"a":${deep(300)}}`],
    ];
    for (const value of values) {
      const rest = JSON.stringify({ ...body, [name]: undefined }).slice(1);
      const text = `{${JSON.stringify(name)}:${value}${rest === '}' ? '' : ','}${rest}`;
      const answer = await stage.mine.owner.call(row.method, path, text);

      expect([value.slice(0, 50), answer.status < 500]).toEqual([value.slice(0, 50), true]);
      if (answer.status >= 400) expect(answer.text.length).toBeLessThan(4_000);
      if (value.length > 900_000) expect([400, 403, 404, 413]).toContain(answer.status);
    }
  });
});

describe('what is made up', () => {
  const random = fc.tuple(
    fc.constantFrom(...writes),
    fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 4 }),
    fc.nat(20),
    fc.jsonValue({ maxDepth: 5 }),
  );
  it('fails nowhere', async () => {
    await fc.assert(
      fc.asyncProperty(random, async ([row, more, at, value]) => {
        const { path, body } = await callOf(stage, row);
        const names = membersOf(row);
        const name = names[at % Math.max(1, names.length)] ?? 'x';
        const { status } = await stage.mine.owner.call(row.method, path, {
          ...more,
          ...body,
          [name]: value,
        });

        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });
});

const NASTY_PARTS = [
  ...['%00', '%ED%A0%80', '%FF', '..%2F..', '-1', '0', '1e3', '0x1', '1%20', '%D9%A1'],
  ...['9007199254740991', '9007199254740993', '99999999999999999999', '@current', '__proto__'],
  ...['constructor', '%0D%0Aset-cookie:%20a=b', 'x'.repeat(3_000), "'%20OR%201=1--"],
];

describe.each(ofPlace)('the address of $method $path', (row) => {
  it.each(pathParameters(row.path))('is nowhere for what is no $name', async ({ name }) => {
    const ids: Ids = (await row.fixture.params?.(stage.mine)) ?? {};
    const body = await row.fixture.body?.(stage.mine);
    const query = await row.fixture.query?.(stage.mine);
    for (const part of NASTY_PARTS) {
      // That is a project, if not always that of the other ids.
      if (name === 'project' && part === '@current') continue;
      const path = `${addressOf('', row, { ...ids, [name]: part })}?${query ?? ''}`;
      const answer = await stage.mine.owner.call(row.method, path, body);

      expect([part, [403, 404, 405].includes(answer.status)]).toEqual([part, true]);
      expect(answer.headers.has('set-cookie')).toBe(false);
    }
  });
});

const NASTY_QUERIES = [
  ...['%00', '%ED%A0%80', '-1', '0', '1e9', '9007199254740993', '99999999999999999999', 'NaN'],
  ...['__proto__', 'constructor', '-constructor', '[', '[[[[', '{"a":', 'null', '%0D%0A', 'true'],
  ...['x'.repeat(5_000), `%5B${'%5B'.repeat(500)}`],
];
const namesIn = ({ query }: Row): readonly string[] =>
  query !== undefined && 'shape' in query ? Object.keys(query.shape as object) : [];

describe.each(asked)('the query of $method $path', (row) => {
  it.each(namesIn(row))('fails nowhere for what `%s` may be', async (name) => {
    const { path } = await callOf(stage, row);
    const [bare = ''] = path.split('?');
    for (const value of NASTY_QUERIES) {
      for (const query of [`${name}=${value}`, `${name}=1&${name}=${value}`]) {
        const answer = await stage.mine.owner.get(`${bare}?${query}`);

        expect([query.slice(0, 60), answer.status < 500]).toEqual([query.slice(0, 60), true]);
        expect(answer.body?.results?.length ?? 0).toBeLessThanOrEqual(1_000);
      }
    }
  });
});

describe('the public token of a project', () => {
  let token: string;
  beforeAll(async () => {
    const { owner, group } = stage.mine;
    token = (await owner.get(`/api/projects/${group.id}`)).body.api_token;
  });
  it.each(guarded)('opens nothing else: $method $path', async (row) => {
    const { path, body } = await callOf(stage, row);
    const inQuery = `${path}${path.includes('?') ? '&' : '?'}personal_api_key=${token}`;
    // A name of its own each time: after too many wrong passwords a name has to wait.
    const basic = `Basic ${btoa(`${row.operationId}:${token}`)}`;
    const answers = await Promise.all([
      stage.app.bearer(token).call(row.method, path, body),
      stage.app.client().call(row.method, inQuery, body),
      stage.app.client({ authorization: basic }).call(row.method, path, body),
      stage.app.client({ cookie: `session=${token}` }).call(row.method, path, body),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('is no key, and a key is none', async () => {
    const { token: key } = await stage.mine.owner.newToken();
    const asks = { token: key, distinct_id: 'a' };
    const anyone: Client = stage.app.client();
    const sent = { api_key: key, batch: [{ event: 'a', distinct_id: 'a' }] };
    const answers: readonly Json[] = [
      await anyone.post('/flags?v=2', asks),
      await anyone.post('/batch', sent),
      await anyone.get(`/array/${key}/config`),
    ];

    for (const { status, body, text } of answers) {
      expect([status, body.code]).toEqual([401, 'invalid_api_key']);
      expect(text).not.toContain(key);
    }
  });
});
