/** PostHog's SDK for Node against our flags, remote and local. */
import { PostHog } from 'posthog-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, ORIGIN, type TestApp, type TestGroup, testApp } from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let group: TestGroup;
let token: string;
let key: string;
const asked: string[] = [];
const clients: PostHog[] = [];

const halves = {
  variants: [
    { key: 'control', rollout_percentage: 50 },
    { key: 'test', rollout_percentage: 50 },
  ],
};
const share = (rollout_percentage: number, properties: readonly object[] = []) => ({
  groups: [{ properties, rollout_percentage }],
});

beforeAll(async () => {
  app = testApp({ registration: 'open' });
  owner = await app.newUser();
  group = await app.newGroup(owner);
  token = (await owner.get(`/api/projects/${group.id}`)).body.api_token;
  const scopes = ['feature_flag:read'];
  key = (await owner.post('/api/personal_api_keys', { label: 'sdk', scopes })).body.value;
  const adult = { key: 'age', value: 18, operator: 'gte', type: 'person' };
  const flags = [
    { key: 'on', filters: { ...share(100), payloads: { true: '{"a":1}' } } },
    { key: 'half', filters: share(50) },
    { key: 'split', filters: { ...share(80), multivariate: halves } },
    { key: 'adults', filters: share(100, [adult]) },
    { key: 'off', active: false, filters: share(100) },
    {
      key: 'config',
      is_remote_configuration: true,
      filters: { ...share(100), payloads: { true: '[1,2]' } },
    },
  ];
  for (const flag of flags) {
    const { status, text } = await owner.post(`/api/projects/${group.id}/feature_flags/`, flag);
    if (status !== 201) throw new Error(text);
  }
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.shutdown()));
  expect(app.errors).toEqual([]);
  await app.close();
});

function sdk(more: { readonly personalApiKey?: string } = {}): PostHog {
  const client = new PostHog(token, {
    host: ORIGIN,
    flushAt: 1_000,
    ...more,
    fetch: async (url, options) => {
      const { pathname, search } = new URL(String(url));
      asked.push(pathname);
      // Events are for another address, which is no matter here.
      if (pathname === '/batch/') return new Response('{}');
      return app.fetch(pathname + search, options as RequestInit);
    },
  });
  clients.push(client);
  return client;
}

describe('posthog-node', () => {
  it('gets flags and payloads of somebody', async () => {
    const client = sdk();
    const personProperties = { age: '20' };
    const all = await client.getAllFlagsAndPayloads('ann', { personProperties });

    expect(all.featureFlags).toMatchObject({ on: true, adults: true, off: false });
    expect(all.featureFlagPayloads).toMatchObject({ on: { a: 1 } });
    expect(asked).toContain('/flags/');
  });

  it('works out the same by itself, of definitions that it asks for once', async () => {
    const [remote, local] = [sdk(), sdk({ personalApiKey: key })];
    await local.waitForLocalEvaluationReady();
    asked.length = 0;
    const ids = Array.from({ length: 100 }, (_, at) => `user-${at}`);
    const own = [];
    for (const id of ids) {
      own.push(
        await local.getAllFlags(id, { onlyEvaluateLocally: true, personProperties: { age: '20' } }),
      );
    }
    const calls = [...asked];
    const theirs = [];
    for (const id of ids) {
      theirs.push(await remote.getAllFlags(id, { personProperties: { age: '20' } }));
    }

    expect(calls.filter((path) => path !== '/batch/')).toEqual([]);
    expect(own).toEqual(theirs);
    expect(new Set(own.map(({ split }) => split))).toEqual(new Set(['control', 'test', false]));
  });

  it('reads remote configuration', async () => {
    const client = sdk({ personalApiKey: key });

    expect(await client.getRemoteConfigPayload('config')).toEqual([1, 2]);
  });
});
