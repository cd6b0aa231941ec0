import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, READER, type TestApp, type TestGroup, testApp } from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let reader: Client;
let group: TestGroup;
let token: string;
const at = (path: string): string => `/api/projects/${group.id}/${path}`;

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  const looksOn = await app.newUser();
  reader = looksOn;
  group = await app.newGroup(owner);
  await app.join(looksOn, group, READER);
  token = (await owner.get(`/api/projects/${group.id}`)).body.api_token;
  const large = { key: 'size', value: 100, operator: 'gt', type: 'group', group_type_index: 0 };
  const filters = {
    aggregation_group_type_index: 0,
    groups: [{ properties: [large], rollout_percentage: 100 }],
  };
  await owner.post(at('feature_flags'), { key: 'large-companies', filters });
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const ask = async (more: object) =>
  (await app.client().post('/flags/?v=2', { token, distinct_id: 'ann', ...more })).body.flags[
    'large-companies'
  ];
const company = {
  groups: { company: 'acme' },
  group_properties: { company: { size: 500 } },
};

describe('types of groups', () => {
  it('are what flags of groups need', async () => {
    const before = await ask(company);
    const set = await owner.put(at('groups_types/'), [{ group_type: 'company' }]);
    const after = await ask(company);
    const small = await ask({ ...company, group_properties: { company: { size: 5 } } });
    const none = await ask({});
    const definitions = await reader.get(at('feature_flags/local_evaluation'));

    expect(before).toMatchObject({ enabled: false, reason: { code: 'no_group_type' } });
    expect(set.body).toEqual([
      { group_type: 'company', group_type_index: 0, name_singular: null, name_plural: null },
    ]);
    expect((await reader.get(at('groups_types'))).body).toEqual(set.body);
    expect([after.enabled, small.enabled, none.enabled]).toEqual([true, false, false]);
    expect(definitions.body.group_type_mapping).toEqual({ 0: 'company' });
  });

  it.each([
    ['another in its place', ['team']],
    ['none any more', []],
    ['too many', ['company', 'b', 'c', 'd', 'e', 'f']],
    ['one twice', ['company', 'company']],
    ['one without a name', ['company', '']],
    ['one that objects inherit from', ['company', '__proto__']],
  ])('are not %s', async (_what, types) => {
    const body = types.map((group_type) => ({ group_type }));

    expect((await owner.put(at('groups_types'), body)).status).toBe(400);
  });

  it('are added by one of those who do so at once', async () => {
    const answers = await Promise.all(
      ['team', 'office'].map((type) =>
        owner.put(at('groups_types'), [{ group_type: 'company' }, { group_type: type }]),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    expect((await reader.put(at('groups_types'), [{ group_type: 'company' }])).status).toBe(403);
  });
});

describe('reasons of flags', () => {
  it('are told of all flags of a project', async () => {
    await owner.post(at('feature_flags'), { key: 'plain', evaluation_runtime: 'client' });
    const groups = encodeURIComponent('{"company":"acme"}');
    const path = at(`feature_flags/evaluation_reasons?distinct_id=ann&groups=${groups}`);
    const { body } = await reader.get(path);

    expect(body).toEqual({
      'large-companies': {
        value: false,
        evaluation: { reason: 'no_condition_match', condition_index: 0 },
      },
      plain: { value: true, evaluation: { reason: 'condition_match', condition_index: 0 } },
    });
  });

  it.each(['', '?distinct_id=', '?distinct_id=a&groups={', '?distinct_id=a&groups=[]'])(
    'are not told for %j',
    async (query) => {
      expect((await reader.get(at(`feature_flags/evaluation_reasons${query}`))).status).toBe(400);
    },
  );
});
