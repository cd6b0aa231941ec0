import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, READER, type TestApp, type TestGroup, testApp } from '../../support/app.ts';

let app: TestApp;
let owner: Client;
let stranger: Client;
let reader: Client;
let group: TestGroup;
const at = (path = ''): string => `/api/projects/${group.id}${path}`;

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

describe('a project', () => {
  it('is a group, with a public token from the first time that somebody asks', async () => {
    const first = await reader.get(at('/'));
    const second = await owner.get(at());

    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ id: group.id, name: group.name, timezone: 'UTC' });
    expect(first.body.api_token).toMatch(new RegExp(`^phc_${group.id}_[\\w-]{32}$`));
    expect(second.body).toEqual(first.body);
  });

  it('is listed for its members, page by page', async () => {
    const whole = await owner.get('/api/projects/');
    const page = await owner.get('/api/projects/?limit=1');

    const ids = whole.body.results.map(({ id }: { id: number }) => id);
    expect(whole.body).toMatchObject({ count: ids.length, next: null, previous: null });
    expect(ids).toContain(group.id);
    expect(page.body).toMatchObject({ count: 2, previous: null });
    expect(page.body.next).toBe('http://assay.test/api/projects/?limit=1&offset=1');
    const next = await owner.get(page.body.next.slice('http://assay.test'.length));
    expect(next.body.previous).toBe('http://assay.test/api/projects/?limit=1');
    expect([...page.body.results, ...next.body.results]).toEqual(whole.body.results);
  });

  it.each(['environments', 'projects'])(
    'is at /api/%s, by its id and as @current',
    async (name) => {
      const byId = await owner.get(`/api/${name}/${group.id}/`);
      const current = await owner.get(`/api/${name}/@current/`);
      const named = await owner.get(`/api/${name}/@current/?token=${byId.body.api_token}`);

      expect([byId.status, current.body, named.body]).toEqual([200, byId.body, byId.body]);
    },
  );

  it.each(['', 'x', '0', '-1', '987654321', '1e3', '%00', '@other'])(
    'of others and %j answer alike',
    async (id) => {
      const path = id === '' ? at() : `/api/projects/${id}`;
      const answer = await stranger.get(path);

      expect(answer.status).toBe(403);
      expect(answer.body).toEqual({
        type: 'authentication_error',
        code: 'permission_denied',
        detail: "You don't have access to the project.",
        attr: null,
      });
    },
  );

  it('is changed by those who manage the group', async () => {
    const filters = [
      { key: 'email', value: '@us.test', operator: 'not_icontains', type: 'person' },
    ];
    const changes = { timezone: 'Europe/Berlin', test_account_filters: filters };
    const changed = await owner.call('PATCH', at(), changes);
    const refused = await reader.call('PATCH', at(), changes);
    const wrong = await owner.call('PATCH', at(), { timezone: 'Mars/Base' });

    expect(changed.body).toMatchObject(changes);
    expect(refused).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
    expect(wrong).toMatchObject({ status: 400, body: { attr: 'timezone' } });
  });

  it('gets another token', async () => {
    const { body: before } = await owner.get(at());
    const after = await owner.call('PATCH', at('/reset_token/'));

    expect(after.body.api_token).not.toBe(before.api_token);
    expect((await owner.get(at())).body).toEqual(after.body);
  });
});

describe('a personal API key', () => {
  it('begins with phx_, is shown once, and does what its scopes say', async () => {
    const made = await owner.post('/api/personal_api_keys/', {
      label: 'ci',
      scopes: ['project:read'],
    });
    const key = app.bearer(made.body.value);

    expect([made.status, made.body.value]).toEqual([201, expect.stringMatching(/^phx_/)]);
    const listed = (await owner.get('/api/personal_api_keys')).body;
    const { value: _, ...shown } = made.body;
    expect(listed).toContainEqual(shown);
    expect((await key.get(at())).status).toBe(200);
    expect((await key.call('PATCH', at(), {})).body).toEqual({
      type: 'authentication_error',
      code: 'permission_denied',
      detail: "API key missing required scope 'project:write'",
      attr: null,
    });
  });

  it('may be in the address, and ends when it is revoked', async () => {
    const { body } = await owner.post('/api/personal_api_keys', { label: 'x', scopes: ['*'] });
    const path = `${at()}?personal_api_key=${body.value}`;
    const before = await app.client().get(path);
    const revoked = await owner.delete(`/api/personal_api_keys/${body.id}/`);
    app.clock.advance(6_000);
    const after = await app.client().get(path);

    expect([before.status, revoked.status, revoked.text, after.status]).toEqual([
      200,
      204,
      '',
      401,
    ]);
    expect(after.body).toMatchObject({ type: 'authentication_error', attr: null });
  });

  it('is asked for where there is none', async () => {
    const answer = await app.client().get(at());

    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      type: 'authentication_error',
      code: 'not_authenticated',
      detail: 'Authentication credentials were not provided.',
      attr: null,
    });
  });

  it('calls 480 times a minute, whichever process it asks, and is told when it may again', async () => {
    const { body } = await owner.post('/api/personal_api_keys', { label: 'busy', scopes: ['*'] });
    app.clock.advance(60_000 - (app.clock.now() % 60_000));
    const others = [app, app.otherProcess(), app.otherProcess()];
    const clients = others.map((each) => each.bearer(body.value));
    const answers = [];
    for (let call = 0; call < 560; call += 1) {
      answers.push(await clients[call % 3]?.get('/api/users/@me'));
      await Promise.all(others.map((each) => each.settled()));
    }
    const first = answers.findIndex((answer) => answer?.status === 429);
    const refused = answers[first];
    app.clock.advance(60_000);
    const later = await clients[0]?.get('/api/users/@me');

    expect(first).toBeGreaterThanOrEqual(480);
    expect(first).toBeLessThan(500);
    expect(refused?.body).toMatchObject({ type: 'throttled_error', code: 'throttled' });
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(later?.status).toBe(200);
  });
});
