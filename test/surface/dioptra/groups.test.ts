import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { account, basic, newAdministrator } from '../../support/accounts.ts';
import {
  type Answer,
  type Json,
  type TestApp,
  type TestGroup,
  type TestUser,
  testApp,
} from '../../support/app.ts';

const GROUPS = '/api/v1/groups';
const DAY = 86_400_000;
const permissions = (more: object = {}) => ({
  read: true,
  write: false,
  shareRead: false,
  shareWrite: false,
  owner: false,
  admin: false,
  ...more,
});
const ALL = permissions({
  write: true,
  shareRead: true,
  shareWrite: true,
  owner: true,
  admin: true,
});

let app: TestApp;
let owner: TestUser;
let other: TestUser;
let group: TestGroup;
let path: string;
beforeEach(async () => {
  app = testApp();
  // The first user owns `public`, so it is none of those that are looked at.
  await app.newUser();
  [owner, other] = [await app.newUser(), await app.newUser()];
  group = await app.newGroup(owner, 'vision');
  path = `${GROUPS}/${group.id}`;
});
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const add = (user: TestUser, flags: object = permissions(), by: TestUser = owner) =>
  by.post(`${path}/members`, { user: user.id, permissions: flags });
const change = (user: TestUser, flags: object, by: TestUser = owner) =>
  by.put(`${path}/members/${user.id}`, { permissions: flags });
const memberIn = ({ body }: Answer, { id }: TestUser): Json =>
  body.members.find(({ user }: Json) => user.id === id);

describe('members', () => {
  it('are added by those who manage the group, with what they may', async () => {
    const answer = await add(other, permissions({ write: true }));

    expect(answer.status).toBe(200);
    expect(memberIn(answer, other).permissions).toEqual(permissions({ write: true }));
    expect((await other.post('/api/v1/queues', { name: 'q', group: group.id })).status).toBe(200);
    expect(await add(other)).toMatchObject({ status: 409, body: { error: 'EntityExistsError' } });
  });

  it('must be known to who adds them: a stranger is as missing as nobody', async () => {
    const stranger = await app.newUser();
    await stranger.delete(`${GROUPS}/1/members/current`);
    const hidden = await add(stranger);
    const missing = await owner.post(`${path}/members`, { user: 4711, permissions: permissions() });

    expect([hidden.status, missing.status]).toEqual([404, 404]);
    expect(hidden.text).toBe(missing.text.replace('4711', String(stranger.id)));
  });

  it('can be given more and less, never more than the giver has', async () => {
    await add(other, permissions({ write: true, admin: true }));
    const third = await app.newUser();
    await add(third);

    expect((await change(third, permissions({ write: true }), other)).status).toBe(200);
    expect((await change(third, ALL, other)).status).toBe(403);
    expect((await change(owner, permissions(), other)).status).toBe(403);
    expect((await other.delete(`${path}/members/${owner.id}`)).status).toBe(403);
    expect((await add(third, ALL, other)).status).toBe(403);
    expect((await change(third, permissions({ read: false }))).status).toBe(400);
    expect((await change(third, permissions({ owner: true }))).status).toBe(400);
  });

  it('lose what was taken from them within 5 seconds, in every process', async () => {
    await add(other, permissions({ write: true }));
    const elsewhere = app.otherProcess().client({ cookie: other.cookie });
    expect((await elsewhere.get(path)).status).toBe(200);

    await owner.delete(`${path}/members/${other.id}`);
    app.clock.advance(5_000);

    expect((await elsewhere.get(path)).status).toBe(404);
    expect((await other.get(path)).status).toBe(404);
  });

  it('never go so that no owner is left, in whatever way', async () => {
    await add(other);
    const refused = [
      await owner.delete(`${path}/members/current`),
      await owner.delete(`${path}/members/${owner.id}`),
      await change(owner, permissions({ write: true })),
      await owner.call('DELETE', '/api/v1/users/current', { password: owner.password }),
    ];
    for (const answer of refused) {
      expect(answer).toMatchObject({ status: 409, body: { error: 'GroupNeedsOwnerError' } });
      expect(answer.body.message).toContain(`PUT /api/v1/groups/${group.id}/members/`);
    }
    await change(other, ALL);

    expect((await owner.delete(`${path}/members/current`)).status).toBe(200);
    expect((await owner.get(path)).status).toBe(404);
    expect((await other.get(path)).status).toBe(200);
  });

  it('of two last owners who leave at the same moment one stays', async () => {
    await add(other, ALL);
    const answers = await Promise.all(
      [owner, other].map((user) => user.delete(`${path}/members/current`)),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });
});

describe('a name', () => {
  it('is changed for everybody, and the old one is free again', async () => {
    await add(other);
    expect((await owner.put(path, { name: 'sight' })).body).toMatchObject({ name: 'sight' });

    expect((await other.get('/api/v1/users/current')).body.groups).toContainEqual({
      id: group.id,
      name: 'sight',
      url: path,
    });
    expect((await other.get(`${GROUPS}?search=name:sight`)).body.totalNumResults).toBe(1);
    expect((await other.post(GROUPS, { name: 'vision' })).status).toBe(200);
    expect(await owner.put(path, { name: 'vision' })).toMatchObject({
      status: 409,
      body: { error: 'EntityExistsError' },
    });
    expect((await other.put(path, { name: 'mine' })).status).toBe(403);
  });
});

describe('invitations to a group', () => {
  const invite = async (flags: object = permissions({ write: true })): Promise<Json> =>
    (await owner.post(`${path}/invitations`, { permissions: flags })).body;

  it('bring somebody who has an account in, once', async () => {
    const { token, newUsers } = await invite();
    const joined = await other.post(`${GROUPS}/join`, { invitation: token });
    const again = await (await app.newUser()).post(`${GROUPS}/join`, { invitation: token });

    expect(newUsers).toBe(false);
    expect(memberIn(joined, other).permissions).toEqual(permissions({ write: true }));
    expect(again).toMatchObject({ status: 403, body: { error: 'UserInvitationInvalidError' } });
  });

  it('make an account that is in both groups, where anybody may make one', async () => {
    const { token } = await invite();
    const made = await app.client().post('/api/v1/users', account('anna', { invitation: token }));
    const { body } = await basic(app, 'anna').get('/api/v1/users/current');

    expect(made.status).toBe(200);
    expect(body.groups.map(({ id }: Json) => id)).toEqual([1, group.id]);
  });

  it("make accounts where those take an invitation only if an administrator's", async () => {
    const closed = testApp({ registration: 'invite' });
    const admin = await newAdministrator(closed);
    await admin.post('/api/v1/users', account('berta'));
    const berta = basic(closed, 'berta');
    const tokens = await Promise.all(
      [admin, berta].map(async (user, at) => {
        const { id } = (await user.post(GROUPS, { name: `group ${at}` })).body;
        const body = { permissions: permissions() };
        return (await user.post(`${GROUPS}/${id}/invitations`, body)).body.token;
      }),
    );
    const [first, second] = await Promise.all(
      tokens.map((invitation, at) =>
        closed.client().post('/api/v1/users', account(`new-${at}`, { invitation })),
      ),
    );

    expect([first?.status, second?.status]).toEqual([200, 403]);
    await closed.close();
  });

  it('are listed without their text, taken back, and end', async () => {
    const { id, token } = await invite();
    const late = await invite();
    const list = await owner.get(`${path}/invitations`);

    expect(list.body.data).toHaveLength(2);
    expect(list.text).not.toContain('asi_');
    await owner.delete(`${path}/invitations/${id}`);
    expect((await other.post(`${GROUPS}/join`, { invitation: token })).status).toBe(403);
    app.clock.advance(7 * DAY);
    expect((await other.post(`${GROUPS}/join`, { invitation: late.token })).status).toBe(403);
  });

  it('are no better than who made them', async () => {
    await add(other, permissions({ write: true, admin: true }));
    const made = await other.post(`${path}/invitations`, {
      permissions: permissions({ write: true }),
    });
    await change(other, permissions());
    const answer = await (await app.newUser()).post(`${GROUPS}/join`, {
      invitation: made.body.token,
    });

    expect([made.status, answer.status]).toEqual([200, 403]);
  });
});

describe('service accounts', () => {
  const LOGIN = '/api/v1/auth/login';
  const newAccount = async (
    more: object = {},
  ): Promise<{ id: number; token: string; url: string }> => {
    const made = await owner.post(`${path}/serviceAccounts`, { username: 'ci', ...more });
    expect(made.status).toBe(200);
    const url = `${path}/serviceAccounts/${made.body.id}`;
    const token = await owner.post(`${url}/tokens`, { name: 'build', days: 1 });
    return { id: made.body.id, token: token.body.token, url };
  };
  const login = (password: string, username = 'ci') =>
    app.client().post(LOGIN, { username, password });

  it('sign in by their token: as Bearer, as Basic, at the login of a stock worker', async () => {
    const { id, token } = await newAccount();
    const answer = await login(token);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

    expect(answer.body).toEqual({ username: 'ci', status: 'Login successful' });
    for (const client of [app.bearer(token), basic(app, 'ci', token), app.client({ cookie })]) {
      expect((await client.get('/api/v1/users/current')).body).toMatchObject({
        id,
        username: 'ci',
      });
      expect((await client.get(path)).status).toBe(200);
      expect((await client.get(`${GROUPS}/1`)).status).toBe(404);
    }
    expect((await login(token, owner.username)).status).toBe(401);
    expect((await login('guess')).status).toBe(401);
  });

  it('write where they may, and do nothing that is for people', async () => {
    const { token } = await newAccount();
    const machine = app.bearer(token);
    const queue = await machine.post('/api/v1/queues', { name: 'q', group: group.id });
    const refused = await Promise.all([
      machine.post('/api/v1/users/current/tokens', { name: 'more' }),
      machine.post(GROUPS, { name: 'mine' }),
      machine.delete(`${path}/members/current`),
      machine.put('/api/v1/users/current', { username: 'x', email: 'x@y.z' }),
      machine.get(`${path}/serviceAccounts`),
    ]);

    expect(queue.status).toBe(200);
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  });

  it('only read when they are made so, and cannot be given more than writing', async () => {
    const { id, token } = await newAccount({ write: false });
    const write = () => app.bearer(token).post('/api/v1/queues', { name: 'q', group: group.id });

    expect((await write()).status).toBe(403);
    expect((await owner.put(`${path}/members/${id}`, { permissions: ALL })).status).toBe(400);
    expect((await owner.delete(`${path}/members/${id}`)).status).toBe(409);
    await owner.put(`${path}/members/${id}`, { permissions: permissions({ write: true }) });
    expect((await write()).status).toBe(200);
  });

  it('end with their tokens within 5 seconds, sessions by them included; a logout ends neither', async () => {
    const { token, url } = await newAccount();
    const cookie = (await login(token)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const elsewhere = app.otherProcess();
    const clients = [elsewhere.bearer(token), elsewhere.client({ cookie })];
    await app.client({ cookie }).post('/api/v1/auth/logout');
    for (const client of clients) expect((await client.get(path)).status).toBe(200);

    await owner.delete(url);
    app.clock.advance(5_000);

    for (const client of clients) expect((await client.get(path)).status).toBe(401);
    expect((await owner.get(`${path}/serviceAccounts`)).body.data).toEqual([]);
  });

  it('have tokens that are listed without text and revoked one by one', async () => {
    const { token, url } = await newAccount();
    const second = await owner.post(`${url}/tokens`, { name: 'scoped', scopes: ['queue:read'] });
    const list = await owner.get(`${url}/tokens`);
    await owner.delete(`${url}/tokens/${second.body.id}`);

    expect(list.body.data.map(({ name }: Json) => name).sort()).toEqual(['build', 'scoped']);
    expect(list.text).not.toContain('asv_');
    expect((await app.bearer(second.body.token).get('/api/v1/queues')).status).toBe(401);
    expect((await app.bearer(token).get('/api/v1/queues')).status).toBe(200);
  });
});
