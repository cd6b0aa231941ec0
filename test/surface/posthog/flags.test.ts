import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Client,
  type Json,
  READER,
  type TestApp,
  type TestGroup,
  testApp,
} from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let reader: Client;
let stranger: Client;
let group: TestGroup;
const at = (path = ''): string => `/api/projects/${group.id}/feature_flags${path}`;

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  stranger = await app.newUser();
  const looksOn = await app.newUser();
  reader = looksOn;
  group = await app.newGroup(owner);
  await app.join(looksOn, group, READER);
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const variants = (...shares: readonly (readonly [key: string, share: number])[]) => ({
  variants: shares.map(([key, rollout_percentage]) => ({ key, rollout_percentage })),
});
const everybody = [{ properties: [], rollout_percentage: 100 }];

async function newFlag(key: string, more: object = {}): Promise<Json> {
  const made = await owner.post(at('/'), { key, ...more });
  if (made.status !== 201) throw new Error(made.text);
  return made.body;
}

const invalid = (code: string, detail: string, attr: string | null) => ({
  type: 'validation_error',
  code,
  detail,
  attr,
});

describe('a feature flag', () => {
  it('is made, read, changed, deleted and brought back', async () => {
    const filters = { groups: [{ properties: [], rollout_percentage: 40 }] };
    const made = await owner.post(at('/'), {
      key: 'first',
      name: 'One',
      filters,
      tags: ['a', 'a'],
    });
    const path = at(`/${made.body.id}/`);
    const read = await reader.get(path);
    const changed = await owner.call('PATCH', path, { active: false });
    const deleted = await owner.call('PATCH', path, { deleted: true });
    const hidden = await owner.get(at('?search=first'));
    const back = await owner.call('PATCH', path, { deleted: false });

    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      team_id: group.id,
      key: 'first',
      name: 'One',
      filters,
      active: true,
      deleted: false,
      version: 1,
      tags: ['a'],
      is_simple_flag: true,
      rollout_percentage: 40,
      experiment_set: [],
      ensure_experience_continuity: false,
      can_edit: true,
      user_access_level: 'editor',
      status: 'ACTIVE',
      created_by: { first_name: expect.any(String) },
    });
    expect(read.body).toEqual({ ...made.body, can_edit: false, user_access_level: 'viewer' });
    expect(changed.body).toMatchObject({ active: false, version: 2, status: 'INACTIVE', filters });
    expect(deleted.body).toMatchObject({ deleted: true, version: 3, status: 'DELETED' });
    expect(hidden.body.count).toBe(0);
    expect(back.body).toMatchObject({ deleted: false, version: 4 });
  });

  it('is never removed for good', async () => {
    const { id } = await newFlag('kept');
    const answer = await owner.delete(at(`/${id}/`));

    expect([answer.status, answer.text]).toEqual([405, '']);
    expect((await owner.get(at(`/${id}`))).status).toBe(200);
  });

  it('keeps its version where nothing changes, and its conditions where none are sent', async () => {
    const groups = [{ properties: [], rollout_percentage: 10 }];
    const { id } = await newFlag('quiet', { filters: { groups } });
    const same = await owner.call('PATCH', at(`/${id}`), { active: true });
    const payloads = { true: '{"a":1}' };
    const merged = await owner.call('PATCH', at(`/${id}`), { filters: { payloads } });

    expect(same.body.version).toBe(1);
    expect(merged.body).toMatchObject({ version: 2, filters: { groups, payloads } });
  });

  it('asks for its key in a PUT', async () => {
    const { id } = await newFlag('whole');
    const without = await owner.put(at(`/${id}`), { name: 'x' });
    const changed = await owner.put(at(`/${id}`), { key: 'whole', name: 'x' });

    expect(without.body).toEqual(invalid('required', 'This field is required.', 'key'));
    expect(changed.body).toMatchObject({ key: 'whole', name: 'x', version: 2 });
  });

  it.each([
    ['no key', {}, 'required', 'This field is required.', 'key'],
    ['an empty key', { key: '' }, 'blank', 'This field may not be blank.', 'key'],
    [
      'a key of other letters',
      { key: 'a b' },
      'invalid_key',
      'Only letters, numbers, hyphens (-) & underscores (_) are allowed.',
      'key',
    ],
    [
      'a long key',
      { key: 'k'.repeat(401) },
      'max_length',
      'Ensure this field has no more than 400 characters.',
      'key',
    ],
    [
      'a wrong type',
      { key: 'k', active: 'yes' },
      'invalid_input',
      'Must be a valid boolean.',
      'active',
    ],
    [
      'a name that is null',
      { key: 'k', name: null },
      'null',
      'This field may not be null.',
      'name',
    ],
    [
      'encrypted payloads',
      { key: 'k', has_encrypted_payloads: true },
      'invalid_input',
      'Encrypted payloads are not supported.',
      'has_encrypted_payloads',
    ],
    [
      'variants that do not sum up',
      { key: 'k', filters: { groups: everybody, multivariate: variants(['a', 50], ['b', 49]) } },
      'invalid_input',
      'Invalid variant definitions: Variant rollout percentages must sum to 100.',
      'filters',
    ],
    [
      'an unknown variant in a condition',
      {
        key: 'k',
        filters: {
          groups: [{ properties: [], variant: 'c' }],
          multivariate: variants(['a', 50], ['b', 50]),
        },
      },
      'invalid_input',
      'Filters are not valid (variant override does not exist)',
      'filters',
    ],
    [
      'a payload of no variant',
      {
        key: 'k',
        filters: {
          groups: everybody,
          multivariate: variants(['a', 100]),
          payloads: { b: '1' },
        },
      },
      'invalid_input',
      'Payload keys must match a variant key for multivariate flags',
      'filters',
    ],
    [
      'a payload of a boolean flag that is never off with one',
      { key: 'k', filters: { groups: everybody, payloads: { false: '1' } } },
      'invalid_input',
      "Payload keys must be 'true' for boolean flags",
      'filters',
    ],
    [
      'a filter on events',
      { key: 'k', filters: { groups: [{ properties: [{ key: 'x', value: 1, type: 'event' }] }] } },
      'invalid_input',
      'Filters are not valid (can only use person and cohort properties)',
      'filters',
    ],
  ])('is refused with %s', async (_what, body, code, detail, attr) => {
    const answer = await owner.post(at('/'), body);

    expect([answer.status, answer.body]).toEqual([400, invalid(code, detail, attr)]);
  });

  it.each([
    ['too deep a document', `{"key":"d","filters":{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
    ['a key of prototypes', '{"key":"p","filters":{"__proto__":{"groups":[]}}}'],
    ['an empty name', '{"key":"e","filters":{"groups":[],"":1}}'],
    ['half a letter', '{"key":"h","filters":{"groups":[],"x":"\\ud800"}}'],
    ['a NUL', '{"key":"n","name":"a\\u0000b"}'],
    ['a document of a megabyte', JSON.stringify({ key: 'm', filters: { x: 'x'.repeat(1e6) } })],
    ['a thousand tags', JSON.stringify({ key: 't', tags: Array(1_000).fill('').map(String) })],
    ['what is no JSON', '{'],
    ['a list', '[]'],
  ])('is refused with %s', async (what, body) => {
    const answer = await owner.post(at('/'), body);

    // A thousand times the same tag is one tag.
    expect([what, answer.status]).toEqual([what, what === 'a thousand tags' ? 201 : 400]);
  });

  it('has a key of its own', async () => {
    const { id } = await newFlag('taken');
    const other = await newFlag('other');
    const taken = invalid('unique', 'There is already a feature flag with this key.', 'key');
    const twice = await owner.post(at(), { key: 'taken' });
    const renamed = await owner.call('PATCH', at(`/${other.id}`), { key: 'taken' });
    const races = await Promise.all(
      [1, 2, 3, 4].map(() => owner.post(at(), { key: 'raced' }).then(({ status }) => status)),
    );

    expect([twice.status, twice.body, renamed.body]).toEqual([400, taken, taken]);
    expect(races.sort()).toEqual([201, 400, 400, 400]);
    await owner.call('PATCH', at(`/${id}`), { deleted: true });
    expect((await owner.post(at(), { key: 'taken' })).status).toBe(201);
    const restored = await owner.call('PATCH', at(`/${id}`), { deleted: false });
    expect(restored.body).toEqual(taken);
  });

  it('is changed by one of those who have seen the same version', async () => {
    const { id } = await newFlag('contended');
    const answers = await Promise.all(
      [10, 20, 30].map((share) =>
        owner.call('PATCH', at(`/${id}`), {
          version: 1,
          filters: { groups: [{ properties: [], rollout_percentage: share }] },
        }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'conflict' });
    expect((await owner.get(at(`/${id}`))).body.version).toBe(2);
  });

  it('is for members, who need the right to change it, and keys with its scopes', async () => {
    const { id } = await newFlag('guarded');
    const own = await owner.post('/api/personal_api_keys', {
      label: 'r',
      scopes: ['feature_flag:read'],
    });
    const key = app.bearer(own.body.value);
    const statuses = async (client: Client) => [
      (await client.get(at(`/${id}`))).status,
      (await client.call('PATCH', at(`/${id}`), { active: false })).status,
      (await client.post(at(), { key: 'mine' })).status,
    ];

    expect(await statuses(key)).toEqual([200, 403, 403]);
    expect(await statuses(reader)).toEqual([200, 403, 403]);
    expect(await statuses(stranger)).toEqual([403, 403, 403]);
    expect(await statuses(app.client())).toEqual([401, 401, 401]);
  });

  it('of another project is not there', async () => {
    const other = await app.newGroup(owner);
    const { id } = await newFlag('elsewhere');
    const answer = await owner.get(`/api/projects/${other.id}/feature_flags/${id}`);

    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
  });
});

describe('the list of flags', () => {
  it('chooses, sorts and pages', async () => {
    const own = await app.newGroup(owner);
    const list = `/api/projects/${own.id}/feature_flags/`;
    const make = (body: object) => owner.post(list, body);
    await make({ key: 'alpha', name: 'Zebra', tags: ['red'] });
    app.clock.advance(1_000);
    await make({ key: 'beta', active: false, evaluation_contexts: ['web'] });
    app.clock.advance(1_000);
    await make({
      key: 'gamma',
      filters: { groups: [], multivariate: variants(['a', 50], ['b', 50]) },
    });
    const keys = async (query: string) =>
      (await owner.get(`${list}?${query}`)).body.results.map(({ key }: Json) => key);

    expect(await keys('')).toEqual(['gamma', 'beta', 'alpha']);
    expect(await keys('order=key&limit=2')).toEqual(['alpha', 'beta']);
    expect(await keys('active=false')).toEqual(['beta']);
    expect(await keys('active=true&order=-key')).toEqual(['gamma', 'alpha']);
    expect(await keys('search=ZEB')).toEqual(['alpha']);
    expect(await keys('type=multivariant')).toEqual(['gamma']);
    expect(await keys('tags=["red","blue"]')).toEqual(['alpha']);
    expect(await keys('excluded_tags=["red"]')).toEqual(['gamma', 'beta']);
    expect(await keys('has_evaluation_contexts=true')).toEqual(['beta']);
    expect(await keys('created_by_id=0')).toEqual([]);
    expect(await keys('active=STALE')).toEqual([]);
  });

  it.each(['order=nothing', 'order=constructor', 'tags={', 'tags=[1]'])(
    'refuses ?%s',
    async (query) => {
      expect((await reader.get(at(`?${query}`))).status).toBe(400);
    },
  );

  it('costs one read of half a kilobyte where nothing changed', async () => {
    await reader.get(at());
    app.meter.reset();
    await reader.get(at());

    expect(app.meter.snapshot()).toMatchObject({ tableCalls: 1, readUnits: 1 });
  });
});

describe('remote configuration', () => {
  it('hands out the payload by key, with a project token', async () => {
    const filters = { groups: everybody, payloads: { true: '{"colour":"red"}' } };
    await newFlag('config', { filters, is_remote_configuration: true });
    await newFlag('no-config', { filters });
    const { body: project } = await owner.get(`/api/projects/${group.id}`);
    const ask = (key: string) =>
      reader.get(
        `/api/projects/@current/feature_flags/${key}/remote_config?token=${project.api_token}`,
      );

    expect((await ask('config')).body).toBe('{"colour":"red"}');
    expect((await ask('no-config')).status).toBe(404);
    expect((await ask('missing')).status).toBe(404);
  });
});

describe('a flag that everybody has had for 30 days', () => {
  it('is stale', async () => {
    const own = await app.newGroup(owner);
    await owner.post(`/api/projects/${own.id}/feature_flags`, { key: 'old' });
    app.clock.advance(31 * 86_400_000);
    const late = await app.newUser();
    await app.join(late, own, READER);
    const stale = await late.get(`/api/projects/${own.id}/feature_flags?active=STALE`);

    expect(stale.body.results).toMatchObject([{ key: 'old', status: 'STALE' }]);
  });
});
