/** What anybody may try who has seen the public token of a project, and who has not. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Json, type TestApp, type TestUser, testApp } from '../support/app.ts';

let app: TestApp;
let owner: TestUser;
let project: number;
let token: string;

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  project = (await app.newGroup(owner)).id;
  token = (await owner.get(`/api/projects/${project}`)).body.api_token;
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const PATHS = [
  '/flags?v=2',
  '/decide?v=3',
  '/batch',
  '/capture',
  '/e',
  '/i/v0/e',
  '/track',
  '/engage',
];
const MIB = 1024 * 1024;

async function send(path: string, body: string | Uint8Array, headers = {}): Promise<Answer> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const answer = await app.fetch(path, { method: 'POST', body: new Blob([bytes]), headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: JSON.parse(text) };
}

let made = 0;
async function newFlag(filters: object, fields: object = {}): Promise<string> {
  made += 1;
  const body = { key: `flag-${made}`, filters, ...fields };
  const answer = await owner.post(`/api/projects/${project}/feature_flags`, body);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body.key;
}
const ask = async (key: string, more: object): Promise<Json> => {
  const body = { token, distinct_id: 'a', flag_keys_to_evaluate: [key], ...more };
  const answer = await app.client().post('/flags?v=2', body);
  expect(answer.status).toBe(200);
  return answer.body.flags[key];
};
const base64 = (text: string, times: number): string =>
  times === 0 ? text : base64(Buffer.from(text).toString('base64'), times - 1);

describe.each(PATHS)('a body for %s', (path) => {
  const whole = (more = ''): string => `{"token":"${token}","event":"a","distinct_id":"a"${more}}`;

  it('counts without a type, and with a wrong one', async () => {
    for (const type of ['', 'text/plain', 'application/x-www-form-urlencoded', 'image/png', 'x']) {
      expect((await send(path, whole(), type === '' ? {} : { 'content-type': type })).status).toBe(
        200,
      );
    }
  });

  it('counts by the last of two members of a name', async () => {
    const last = await send(path, whole(',"token":"phc_1_aaaaaaaaaaaaaaaaaaaaaaaa"'));
    const first = await send(path, `{"token":"x",${whole().slice(1)}`);

    expect([last.status, first.status]).toEqual([401, 200]);
  });

  it.each<[string, () => string | Uint8Array, readonly number[]]>([
    ['zeros', () => gzipSync(Buffer.alloc(64 * MIB)), [413]],
    ['zeros in gzip in gzip', () => gzipSync(gzipSync(Buffer.alloc(64 * MIB))), [413]],
    ['gzip that ends early', () => gzipSync(whole()).subarray(0, 30), [400]],
    [
      'gzip with no end of wraps',
      () => Array.from({ length: 9 }).reduce<Buffer>((all) => gzipSync(all), Buffer.from(whole())),
      [400],
    ],
    ['base64 with no end of wraps', () => base64(whole(), 9), [400]],
    ['blanks with no end', () => `A${' '.repeat(MIB - 2)}!`, [400]],
    ['a form with no end of blanks', () => `data=A${'+'.repeat(MIB - 7)}!`, [400]],
    ['blanks alone', () => ' '.repeat(MIB), [400]],
    ['noise', () => randomBytes(10_000), [400]],
    ['lists with no end', () => '['.repeat(MIB), [400]],
    ['objects with no end', () => '{"a":'.repeat(200_000), [400]],
    ['an escape at its end', () => '{"a":"\\', [400]],
    ['more than anybody sends', () => new Uint8Array(21 * MIB), [400, 413]],
    ['nothing', () => '', [400]],
  ])('is refused as %s', async (_, body, statuses) => {
    const answer = await send(path, body());

    expect(statuses).toContain(answer.status);
    expect(Object.keys(answer.body).sort()).toEqual(['attr', 'code', 'detail', 'type']);
    expect(answer.text.length).toBeLessThan(1_000);
  });

  it('fails nowhere, whatever is in it', async () => {
    const some = fc.jsonValue({ maxDepth: 4 });
    const names = [
      ...['distinct_id', '$device_id', 'groups', 'person_properties', 'group_properties'],
      ...['flag_keys_to_evaluate', 'batch', 'event', 'properties', 'timestamp', 'sent_at', 'uuid'],
      ...['offset', '$set', 'token', 'historical_migration', 'evaluation_contexts'],
    ];
    const bodies = fc.dictionary(fc.constantFrom(...names), some, { maxKeys: 6 });
    await fc.assert(
      fc.asyncProperty(bodies, some, async (body, event) => {
        const answers = [
          await send(path, JSON.stringify({ api_key: token, ...body })),
          await send(path, JSON.stringify({ token, batch: [event, body] })),
        ];

        for (const { status } of answers) expect([200, 400, 401]).toContain(status);
      }),
      { numRuns: 40 },
    );
  });
});

describe('evaluating flags', () => {
  const of = (properties: readonly object[]) => ({
    groups: [{ properties, rollout_percentage: 100 }],
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'does not find %s in everybody',
    async (name) => {
      const isSet = await newFlag(of([{ key: name, operator: 'is_set', type: 'person' }]));
      const variant = { variants: [{ key: name, rollout_percentage: 100 }] };
      const varied = await newFlag({ ...of([]), multivariate: variant });

      expect((await ask(isSet, {})).enabled).toBe(false);
      expect((await ask(isSet, { person_properties: {}, groups: {} })).enabled).toBe(false);
      expect(await ask(varied, {})).toMatchObject({ variant: name, metadata: { payload: null } });
    },
  );

  it('is not polluted by what is sent', async () => {
    const text = `{"token":"${token}","distinct_id":"a","person_properties":{"__proto__":{"vip":true}},"__proto__":{"vip":true},"groups":{"__proto__":{"vip":true}}}`;
    const key = await newFlag(of([{ key: 'vip', operator: 'is_set', type: 'person' }]));
    const answer = await send('/flags?v=2', text);

    expect(answer.body.flags[key].enabled).toBe(false);
    expect(Reflect.get({}, 'vip')).toBeUndefined();
  });

  it('takes keys that objects inherit for what they are', async () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      await newFlag(of([]), { key });
      const { text } = await app
        .client()
        .post('/flags?v=2', { token, distinct_id: 'a', flag_keys_to_evaluate: [key] });

      expect(text).toContain(`"${key}":{"key":"${key}","enabled":true`);
    }
  });

  it.each([
    '(a+)+$',
    '(a|a)*b',
    '(.*)*x',
    'a{1,900}b',
    '(?:(?:a{1,30}){1,30}){1,30}b',
    '(a*)*(a*)*c',
  ])('ends for the pattern %s', async (value) => {
    const key = await newFlag({
      groups: Array.from({ length: 40 }, () => ({
        properties: [{ key: 'p', operator: 'regex', type: 'person', value }],
      })),
    });
    const flag = await ask(key, { person_properties: { p: `${'a'.repeat(900_000)}!` } });

    expect(typeof flag.enabled).toBe('boolean');
  });

  it.each(['icontains', 'exact', 'not_icontains', 'is_not', 'gt', 'semver_gt', 'is_date_before'])(
    'ends for large values and hundreds of filters by %s',
    async (operator) => {
      const value = operator === 'is_date_before' ? '-1d' : '1.2.3';
      const properties = [
        { key: 'p', operator, type: 'person', value: operator === 'gt' ? 5 : value },
      ];
      const groups = Array.from({ length: 100 }, () => ({ properties, rollout_percentage: 0 }));
      const keys = [];
      for (let flags = 0; flags < 5; flags += 1) keys.push(await newFlag({ groups }));
      const large = Array.from({ length: 60_000 }, (_, at) => [`k${at}`, at]);
      for (const p of ['Z'.repeat(900_000), Object.fromEntries(large)]) {
        const more = { person_properties: { p }, flag_keys_to_evaluate: keys };

        expect((await ask(keys[0] ?? '', more)).enabled).toBe(false);
      }
    },
  );

  it.each([
    ['conditions', { groups: Array(3_000).fill({ properties: [] }) }],
    ['filters', { groups: [{ properties: Array(3_000).fill({ key: 'a', value: 1 }) }] }],
    ['candidates', { groups: [{ properties: [{ key: 'a', value: Array(9_000).fill(1) }] }] }],
    [
      'variants',
      { multivariate: { variants: Array(500).fill({ key: 'a', rollout_percentage: 0 }) } },
    ],
  ])('is not asked to look at thousands of %s', async (_, filters) => {
    const at = `/api/projects/${project}/feature_flags`;
    const answer = await owner.post(at, { key: 'thousands', filters });

    expect([answer.status, answer.text.length < 1_000]).toEqual([400, true]);
  });
});
