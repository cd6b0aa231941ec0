import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Client,
  type Json,
  type TestApp,
  type TestGroup,
  testApp,
} from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let group: TestGroup;
let token: string;
let pages: Client;
const at = (path = ''): string => `/api/projects/${group.id}/feature_flags${path}`;

const everybody = [{ properties: [], rollout_percentage: 100 }];
const halves = {
  variants: [
    { key: 'control', rollout_percentage: 50 },
    { key: 'test', rollout_percentage: 50 },
  ],
};

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  group = await app.newGroup(owner);
  token = (await owner.get(`/api/projects/${group.id}`)).body.api_token;
  pages = app.client({ origin: 'https://shop.test', 'sec-fetch-site': 'cross-site' });
  const flags = [
    { key: 'on', name: 'For all', filters: { groups: everybody, payloads: { true: '{"a":1}' } } },
    { key: 'off', filters: { groups: [{ properties: [], rollout_percentage: 0 }] } },
    { key: 'split', filters: { groups: everybody, multivariate: halves } },
    {
      key: 'grown-up',
      filters: {
        groups: [{ properties: [{ key: 'age', value: 18, operator: 'gte', type: 'person' }] }],
      },
    },
    { key: 'paused', active: false, filters: { groups: everybody } },
    { key: 'server-only', evaluation_runtime: 'server', filters: { groups: everybody } },
  ];
  for (const flag of flags) {
    const { status, text } = await owner.post(at(), flag);
    if (status !== 201) throw new Error(text);
  }
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const ask = (body: object, path = '/flags/?v=2', client = pages): Promise<Answer> =>
  client.post(path, { token, distinct_id: 'ann', ...body });

const meta = { description: null, payload: null, has_experiment: false, version: 1 };

describe('POST /flags', () => {
  it('says of each flag what it is, why, and what goes with it', async () => {
    const { status, body, headers } = await ask({ person_properties: { age: 20 } });

    expect(status).toBe(200);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(body).toEqual({
      errorsWhileComputingFlags: false,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      evaluatedAt: app.clock.now(),
      flags: {
        on: {
          key: 'on',
          enabled: true,
          variant: null,
          reason: {
            code: 'condition_match',
            condition_index: 0,
            description: 'Matched condition set 1',
          },
          metadata: { ...meta, id: 1, description: 'For all', payload: '{"a":1}' },
        },
        off: expect.objectContaining({
          enabled: false,
          reason: expect.objectContaining({ code: 'out_of_rollout_bound' }),
        }),
        split: expect.objectContaining({
          enabled: true,
          variant: expect.stringMatching(/^(control|test)$/),
        }),
        'grown-up': expect.objectContaining({ enabled: true }),
        paused: expect.objectContaining({
          enabled: false,
          reason: expect.objectContaining({ code: 'flag_disabled' }),
        }),
      },
    });
  });

  it.each(['/flags', '/flags/', '/flags?v=1', '/flags/?v=x', '/decide/?v=3'])(
    'answers values and payloads at %s',
    async (path) => {
      const { body } = await ask({}, path);

      expect(body.featureFlags).toEqual({
        on: true,
        off: false,
        paused: false,
        'grown-up': false,
        split: expect.stringMatching(/^(control|test)$/),
      });
      expect(body.featureFlagPayloads).toEqual({ on: '{"a":1}' });
      expect(body).not.toHaveProperty('flags');
    },
  );

  it.each(['/flags/?v=2', '/flags/?v=3', '/flags/?v=4', '/decide/?v=4'])(
    'answers records at %s',
    async (path) => {
      expect(Object.keys((await ask({}, path)).body.flags).sort()).toEqual([
        'grown-up',
        'off',
        'on',
        'paused',
        'split',
      ]);
    },
  );

  it('answers older clients with what is on', async () => {
    const keys = await ask({}, '/decide/?v=1');
    const enabled = await ask({}, '/decide/?v=2');

    expect(keys.body.featureFlags).toEqual(['on', 'split']);
    expect(enabled.body.featureFlags).toEqual({ on: true, split: expect.any(String) });
    expect(keys.body.supportedCompression).toEqual(['gzip', 'gzip-js']);
  });

  it('gives posthog-js its configuration where it asks', async () => {
    const { body } = await ask({}, '/flags/?v=2&config=true');
    const without = await ask({});

    expect(body).toMatchObject({
      supportedCompression: ['gzip', 'gzip-js'],
      sessionRecording: false,
      surveys: false,
      hasFeatureFlags: true,
      toolbarParams: {},
    });
    expect(without.body).not.toHaveProperty('supportedCompression');
  });

  it('takes only the flags that are asked for', async () => {
    const { body } = await ask({ flag_keys_to_evaluate: ['split', 'missing'] });

    expect(Object.keys(body.flags)).toEqual(['split']);
  });

  it('gives servers what is theirs', async () => {
    const keys = async (more: object, agent = '') =>
      Object.keys((await ask(more, '/flags/?v=2', app.client({ 'user-agent': agent }))).body.flags);

    expect(await keys({ evaluation_runtime: 'server' })).toContain('server-only');
    expect(await keys({}, 'posthog-python/7.9')).toContain('server-only');
    expect(await keys({ evaluation_runtime: 'client' }, 'posthog-node/5')).not.toContain(
      'server-only',
    );
    expect(await keys({})).not.toContain('server-only');
  });

  it('needs no one where flags are not wanted', async () => {
    const answer = await pages.post('/flags/?v=2&config=true', { token, disable_flags: true });

    expect(answer.body).toMatchObject({ flags: {}, hasFeatureFlags: true });
  });

  it.each([
    ['plain', (json: string) => [json, {}, '']],
    ['as gzip', (json: string) => [gzipSync(json), { 'content-encoding': 'gzip' }, '']],
    [
      'as gzip-js',
      (json: string) => [gzipSync(json), { 'content-type': 'text/plain' }, '&compression=gzip-js'],
    ],
    [
      'as base64 in a form',
      (json: string) => [
        `data=${encodeURIComponent(Buffer.from(json).toString('base64'))}`,
        { 'content-type': 'application/x-www-form-urlencoded' },
        '&compression=base64',
      ],
    ],
    [
      'as base64',
      (json: string) => [Buffer.from(json).toString('base64'), {}, '&compression=base64'],
    ],
  ] as const)('reads a body %s', async (_how, made) => {
    const json = JSON.stringify({
      api_key: token,
      $distinct_id: 42,
      person_properties: { age: 18 },
    });
    const [body, headers, query] = made(json) as [
      NonNullable<RequestInit['body']>,
      Record<string, string>,
      string,
    ];
    const response = await app.fetch(`/flags/?v=2${query}`, { method: 'POST', body, headers });
    const answer: Json = await response.json();

    expect(response.status).toBe(200);
    expect(answer.flags['grown-up'].enabled).toBe(true);
  });

  it('answers a GET', async () => {
    const plain = await pages.get(`/flags/?v=2&token=${token}&distinct_id=ann`);
    const data = Buffer.from(JSON.stringify({ token, distinct_id: 'ann' })).toString('base64');
    const packed = await pages.get(`/decide/?v=3&data=${encodeURIComponent(data)}`);

    expect(plain.body.flags.on.enabled).toBe(true);
    expect(packed.body.featureFlags.on).toBe(true);
  });

  it('is open to pages of all sites', async () => {
    const response = await app.fetch('/flags/?v=2', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-own',
      },
    });

    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toBe('content-type,x-own');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([
    ['no token', { token: undefined }, 401, 'missing_api_key', null],
    ['a token of nobody', { token: 'phc_nothing' }, 401, 'invalid_api_key', null],
    [
      'a token that is nearly one',
      { token: 'phc_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
      401,
      'invalid_api_key',
      null,
    ],
    ['nobody to ask for', { distinct_id: undefined }, 400, 'missing_distinct_id', 'distinct_id'],
    ['an id that is a list', { distinct_id: ['a'] }, 400, 'invalid_input', 'distinct_id'],
    [
      'properties that are none',
      { person_properties: 5 },
      400,
      'invalid_input',
      'person_properties',
    ],
    [
      'too many keys',
      { flag_keys_to_evaluate: Array(1_001).fill('k') },
      400,
      'invalid_input',
      'flag_keys_to_evaluate',
    ],
  ])('refuses %s', async (_what, more, status, code, attr) => {
    const answer = await ask(more);

    expect([answer.status, answer.body.code, answer.body.attr]).toEqual([status, code, attr]);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    ['nothing', '', 400],
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['too deep a body', `{"token":"x","a":${'['.repeat(10_000)}`, 400],
    ['too large a body', JSON.stringify({ token: 'x'.repeat(1.1e6) }), 413],
    ['a bomb', gzipSync(Buffer.alloc(5e6, 0x20)), 413],
    ['half a gzip', gzipSync('{}').subarray(0, 12), 400],
  ])('refuses %s', async (_what, body, status) => {
    const response = await app.fetch('/flags/', {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
    });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: expect.any(String) });
  });

  it('does not mind odd names and values', async () => {
    const odd = JSON.parse('{"__proto__":{"age":20},"constructor":1,"age":{"toString":"x"}}');
    const { status, body } = await ask({
      distinct_id: `\u0000\ud800${'x'.repeat(500)}`,
      person_properties: odd,
      groups: odd,
      group_properties: { company: odd, none: null },
    });

    expect([status, body.flags['grown-up'].enabled]).toEqual([200, false]);
  });

  it('has no other methods', async () => {
    expect((await pages.put('/flags/', {})).status).toBe(405);
    expect((await pages.get('/flags/nothing')).status).toBe(404);
  });
});

describe('the flags of a process', () => {
  it('cost no read while they are known, then half a unit in ten seconds', async () => {
    await ask({});
    app.meter.reset();
    await ask({});
    const warm = app.meter.snapshot();
    app.clock.advance(11_000);
    await ask({});
    await ask({ distinct_id: 'bob' });
    const looked = app.meter.snapshot();

    expect(warm).toMatchObject({ tableCalls: 0, readUnits: 0, writeUnits: 0 });
    expect(looked).toMatchObject({ tableCalls: 1, readUnits: 0.5, writeUnits: 0 });
  });

  it('are new at once where they were changed, and in ten seconds elsewhere', async () => {
    const { body: flag } = await owner.post(at(), {
      key: 'toggled',
      filters: { groups: everybody },
    });
    const other = app.otherProcess();
    const value = async (where: TestApp) =>
      (await ask({}, '/flags/?v=2', where.client())).body.flags.toggled.enabled;
    const before = [await value(app), await value(other)];
    await owner.call('PATCH', at(`/${flag.id}`), { active: false });
    const then = [await value(app), await value(other)];
    app.clock.advance(10_000);
    const later = await value(other);

    expect([before, then, later]).toEqual([[true, true], [false, true], false]);
  });
});

describe('GET /flags/definitions', () => {
  const paths = ['/flags/definitions', '/api/feature_flag/local_evaluation'];

  it.each(paths)('%s gives servers all flags, and nothing where they have them', async (path) => {
    const made = await owner.post('/api/personal_api_keys', {
      label: 'sdk',
      scopes: ['feature_flag:read'],
    });
    const key = app.bearer(made.body.value);
    const first = await key.get(`${path}?token=${token}&send_cohorts`);
    const tag = first.headers.get('etag') ?? '';
    const again = await key.call('GET', `${path}?token=${token}&send_cohorts`, undefined, {
      'if-none-match': tag,
    });

    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ group_type_mapping: {}, cohorts: {} });
    expect(first.body.flags[0]).toMatchObject({
      id: 1,
      team_id: group.id,
      key: 'on',
      name: 'For all',
      active: true,
      deleted: false,
      version: 1,
      ensure_experience_continuity: false,
      filters: { groups: everybody },
    });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    await owner.post(at(), { key: `new-${path.length}` });
    const changed = await key.call('GET', `${path}?token=${token}`, undefined, {
      'if-none-match': tag,
    });
    expect(changed.status).toBe(200);
  });

  it('asks for a key that may read them, and the token of its project', async () => {
    const stranger = await app.newUser();
    const other = await app.newGroup(owner);
    const { body } = await owner.post('/api/personal_api_keys', {
      label: 'x',
      scopes: ['project:read'],
    });
    const own = (path: string, client: Client) => client.get(`/flags/definitions?token=${path}`);

    expect((await own(token, app.client())).status).toBe(401);
    expect((await own(token, app.bearer(body.value))).status).toBe(403);
    expect((await own(token, stranger)).status).toBe(403);
    expect((await own('phc_wrong', owner)).status).toBe(401);
    expect((await own(`phc_${other.id}_${'a'.repeat(32)}`, owner)).status).toBe(401);
    expect((await own(token, owner)).status).toBe(200);
  });
});

describe('what posthog-js asks first', () => {
  it('is there as JSON and as a script', async () => {
    const json = await pages.get(`/array/${token}/config`);
    const script = await pages.get(`/array/${token}/config.js`);
    const wrong = await pages.get('/array/phc_x/config.js');
    const window: Json = {};
    new Function('window', script.text)(window);

    expect(json.body).toMatchObject({ token, hasFeatureFlags: true, siteApps: [] });
    expect(window._POSTHOG_REMOTE_CONFIG).toEqual({ [token]: { config: json.body, siteApps: [] } });
    expect(script.headers.get('content-type')).toBe('text/javascript');
    expect(wrong.status).toBe(401);
  });
});
