import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, cookiesOf, type TestApp, testApp } from '../../support/app.ts';

const USERS = '/api/v1/users';
const LOGIN = '/api/v1/auth/login';
const LOGOUT = '/api/v1/auth/logout';
const ME = '/api/v1/users/current';
const DAY = 86_400_000;

let app: TestApp;
beforeEach(() => {
  app = testApp();
});
afterEach(() => app.close());

const account = (username: string) => ({
  username,
  email: `${username}@assay.test`,
  password: 'first password',
  confirmPassword: 'first password',
});
const statusOf = async (client: Client): Promise<number> => (await client.get(ME)).status;
const basic = (username: string, password: string): Client =>
  app.client({
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  });

describe('registration', () => {
  it('gives the first user the group public, and lets later ones read and write it', async () => {
    const first = await app.newUser();
    const second = await app.newUser();
    const { body } = await second.get('/api/v1/groups/1');

    expect(body).toMatchObject({ id: 1, name: 'public', user: { id: first.id } });
    const all = { read: true, write: true, shareRead: true, shareWrite: true, owner: true };
    const none = { shareRead: false, shareWrite: false, owner: false, admin: false };
    expect(body.members).toMatchObject([
      { user: { id: first.id }, permissions: { ...all, admin: true } },
      { user: { id: second.id }, permissions: { read: true, write: true, ...none } },
    ]);
  });

  it('makes one group public when the first users come at the same moment', async () => {
    const answers = await Promise.all(
      ['anna', 'berta', 'clara', 'dora'].map((name) => app.client().post(USERS, account(name))),
    );
    const client = basic('anna', 'first password');
    const { body } = await client.get('/api/v1/groups');

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(body).toMatchObject({ totalNumResults: 1, data: [{ id: 1, name: 'public' }] });
    expect(body.data[0].members).toHaveLength(4);
    const owners = body.data[0].members.filter(
      ({ permissions }: { permissions: { owner: boolean } }) => permissions.owner,
    );
    expect(owners).toHaveLength(1);
  });

  it('answers the account without anything of its password', async () => {
    const { text, body } = await app.client().post(USERS, account('anna'));

    expect(body).toMatchObject({ username: 'anna', id: 1, groups: [{ id: 1, name: 'public' }] });
    expect(text).not.toMatch(/password(?!ExpiresOn)|scrypt|hash/i);
  });

  it('refuses a name or an address that is taken, with what it was', async () => {
    await app.client().post(USERS, account('anna'));
    const name = await app.client().post(USERS, { ...account('anna'), email: 'x@assay.test' });
    const email = await app.client().post(USERS, { ...account('berta'), email: 'ANNA@assay.test' });

    expect(name).toMatchObject({
      status: 409,
      body: {
        error: 'EntityExistsError',
        detail: { entity_type: 'user', entity_attributes: { username: 'anna' } },
      },
    });
    expect(email).toMatchObject({
      status: 409,
      body: { detail: { entity_attributes: { email_address: 'ANNA@assay.test' } } },
    });
  });

  it('refuses passwords that differ, are empty or are missing', async () => {
    const differing = { ...account('anna'), confirmPassword: 'another' };
    const { password: _, ...without } = account('anna');
    const empty = { ...account('anna'), password: '', confirmPassword: '' };

    expect(await app.client().post(USERS, differing)).toMatchObject({
      status: 400,
      body: { error: 'QueryParameterValidationError' },
    });
    for (const body of [without, empty]) {
      expect(await app.client().post(USERS, body)).toMatchObject({
        status: 400,
        body: { errors: { password: expect.any(Array) } },
      });
    }
  });

  it('is refused where it is closed, and then nobody is made', async () => {
    const closed = testApp({ registration: 'closed' });
    const answer = await closed.client().post(USERS, account('anna'));
    const login = await closed
      .client()
      .post(LOGIN, { username: 'anna', password: 'first password' });

    expect(answer).toMatchObject({
      status: 403,
      body: { error: 'UserRegistrationClosedError' },
    });
    expect(login.status).toBe(401);
    await closed.close();
  });
});

describe('login', () => {
  it('sets two cookies, either of which is enough', async () => {
    await app.client().post(USERS, account('anna'));
    const answer = await app.client().post(LOGIN, { username: 'anna', password: 'first password' });
    const cookies = answer.headers.getSetCookie();

    expect(answer.body).toEqual({ username: 'anna', status: 'Login successful' });
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
      'session',
      'dioptra_remember_token',
    ]);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=1209600$/);
      expect(await statusOf(app.client({ cookie: cookie.split(';')[0] ?? '' }))).toBe(200);
    }
  });

  it('marks the cookies Secure on HTTPS', async () => {
    await app.client().post(USERS, account('anna'));
    const response = await app.fetch('https://assay.test/api/v1/auth/login', {
      method: 'POST',
      body: JSON.stringify({ username: 'anna', password: 'first password' }),
    });

    expect(response.status).toBe(200);
    for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(/; Secure$/);
  });

  it('finds its cookie beside one of the same name of another program', async () => {
    const { cookie } = await app.newUser();
    const own = cookie.split('; ').find((each) => each.startsWith('dioptra_remember_token='));

    expect(await statusOf(app.client({ cookie: `session=eyJfZnJlc2gi.x; ${own}` }))).toBe(200);
  });

  it('says the same for an unknown name and a wrong password', async () => {
    const { username } = await app.newUser();
    const wrong = await app.client().post(LOGIN, { username, password: 'not that one' });
    const unknown = await app.client().post(LOGIN, { username: 'nobody', password: 'secret' });

    expect(wrong.status).toBe(401);
    expect(wrong.body).toMatchObject({ error: 'UserAuthenticationError', detail: {} });
    expect(unknown.text).toBe(wrong.text);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('is remembered in the account', async () => {
    const { body: made } = await app.client().post(USERS, account('anna'));
    app.clock.advance(60_000);
    const client = basic('anna', 'first password');
    await app.client().post(LOGIN, { username: 'anna', password: 'first password' });
    app.clock.advance(6_000);

    expect(made.lastLoginOn).toBeNull();
    expect((await client.get(ME)).body.lastLoginOn).toBe('2026-01-01T00:01:00.000000+00:00');
  });

  it('is refused a year after the password was set', async () => {
    const { username, password } = await app.newUser();
    app.clock.advance(365 * DAY);

    expect((await app.client().post(LOGIN, { username, password })).status).toBe(401);
    expect(await statusOf(basic(username, password))).toBe(401);
  });
});

describe('logout', () => {
  it('ends the session at once and expires both cookies', async () => {
    const user = await app.newUser();
    const answer = await user.post(LOGOUT);

    expect(answer.body).toEqual({
      username: user.username,
      everywhere: false,
      status: 'Logout successful',
    });
    expect(cookiesOf(answer.headers)).toBe('session=; dioptra_remember_token=');
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain('Max-Age=0');
    expect(await statusOf(user)).toBe(401);
  });

  it('leaves other sessions, and ends all of them and the tokens when it is everywhere', async () => {
    const { username, password, cookie, newToken } = await app.newUser();
    const login = await app.client().post(LOGIN, { username, password });
    const other = app.client({ cookie: cookiesOf(login.headers) });
    const third = await app.client().post(LOGIN, { username, password });
    const token = app.bearer((await newToken()).token);

    await app.client({ cookie }).post(LOGOUT);
    const afterOne = await statusOf(other);
    const everywhere = await other.post(`${LOGOUT}?everywhere=True`);

    expect(afterOne).toBe(200);
    expect(everywhere.body.everywhere).toBe(true);
    for (const client of [other, token, app.client({ cookie: cookiesOf(third.headers) })]) {
      expect(await statusOf(client)).toBe(401);
    }
    expect((await app.client().post(LOGIN, { username, password })).status).toBe(200);
  });

  it('holds in other processes after 5 seconds, however often the session is used', async () => {
    const user = await app.newUser();
    const other = app.otherProcess().client({ cookie: user.cookie });
    await other.get(ME);
    await user.post(LOGOUT);
    for (let second = 1; second <= 5; second += 1) {
      app.clock.advance(1_000);
      await other.get(ME);
    }

    expect(await statusOf(other)).toBe(401);
  });
});

describe('a change of the password', () => {
  const change = (oldPassword: string, newPassword: string) => ({
    oldPassword,
    newPassword,
    confirmNewPassword: newPassword,
  });

  it('ends every session and token, and the old password', async () => {
    const user = await app.newUser();
    const { username, password } = user;
    const token = app.bearer((await user.newToken()).token);
    const withPassword = basic(username, password);
    expect(await statusOf(withPassword)).toBe(200);

    const answer = await user.post(`${ME}/password`, change(password, 'second password'));

    expect(answer.body).toEqual({ status: 'Password Change Success' });
    for (const client of [user, token, withPassword]) expect(await statusOf(client)).toBe(401);
    expect(await statusOf(basic(username, 'second password'))).toBe(200);
  });

  it.each([
    ['the old one is wrong', { oldPassword: 'wrong' }, 403, 'UserPasswordChangeError'],
    ['it stays the same', { same: true }, 403, 'UserPasswordChangeError'],
    ['the new ones differ', { confirmNewPassword: 'x' }, 403, 'UserPasswordChangeError'],
  ])(
    'is refused when %s',
    async (_when, { same, ...wrong }: Record<string, unknown>, status, error) => {
      const user = await app.newUser();
      const next = same === true ? user.password : 'second password';
      const body = { ...change(user.password, next), ...wrong };

      expect(await user.post(`${ME}/password`, body)).toMatchObject({ status, body: { error } });
      expect(await statusOf(user)).toBe(200);
    },
  );
});

describe('other credentials', () => {
  it('takes Basic with colons and umlauts in the password', async () => {
    const body = { ...account('anna'), password: 'ä:ö:ü', confirmPassword: 'ä:ö:ü' };
    await app.client().post(USERS, body);

    expect(await statusOf(basic('anna', 'ä:ö:ü'))).toBe(200);
    expect(await statusOf(basic('anna', 'ä:ö'))).toBe(401);
  });

  it('takes personal tokens until they end, and shows their text once', async () => {
    const user = await app.newUser();
    const made = await user.post(`${ME}/tokens`, { name: 'ci', days: 1, scopes: ['queue:read'] });
    const list = await user.get(`${ME}/tokens`);
    const token = app.bearer(made.body.token);

    expect(made.body).toMatchObject({ name: 'ci', scopes: ['queue:read'] });
    expect(list.body.data).toMatchObject([{ id: made.body.id, name: 'ci' }]);
    expect(list.text).not.toContain(made.body.token);
    expect((await token.get('/api/v1/queues')).status).toBe(200);
    app.clock.advance(DAY);
    expect((await token.get('/api/v1/queues')).status).toBe(401);
  });

  it('refuses a token that was revoked, or cut, or whose number was changed', async () => {
    const [user, other] = [await app.newUser(), await app.newUser()];
    const { id, token } = await user.newToken();
    const forged = token.replace(`asy_${user.id}_`, `asy_${other.id}_`);

    expect(await statusOf(app.bearer(forged))).toBe(401);
    expect(await statusOf(app.bearer(token.slice(0, -1)))).toBe(401);
    expect(await other.delete(`${ME}/tokens/${id}`)).toMatchObject({ status: 404 });
    expect(await statusOf(app.bearer(token))).toBe(200);
    await user.delete(`${ME}/tokens/${id}`);
    expect(await statusOf(app.bearer(token))).toBe(401);
  });

  it('keeps only hashes of tokens and passwords in the table', async () => {
    const user = await app.newUser();
    const { token } = await user.newToken();
    const session = user.cookie.split('; ')[0]?.split('=')[1] ?? '';
    const stored = JSON.stringify(
      await Promise.all(
        [`USR#${user.id}`, `NAME#user#${user.username}`].map((pk) =>
          app.platform.table.query({ pk }),
        ),
      ),
    );
    const byIndex = await app.platform.table.query({ index: 'gsi1', pk: `USR#${user.id}#TOKENS` });

    expect(stored).toContain(user.username);
    expect(byIndex.items).toHaveLength(1);
    for (const secret of [token, session, user.password]) {
      expect(stored + JSON.stringify(byIndex)).not.toContain(secret);
    }
  });
});

describe('users and groups', () => {
  it('shows users only to those who share a group with them', async () => {
    const [first, second, hidden] = [await app.newUser(), await app.newUser(), await app.newUser()];
    await app.join(hidden, { id: 1, name: 'public' }, {});
    const shown = await first.get(`${USERS}/${second.id}`);
    const missing = await first.get(`${USERS}/4711`);
    const unseen = await hidden.get(`${USERS}/${second.id}`);

    expect(shown.body).toEqual({
      username: second.username,
      email: `${second.username}@assay.test`,
      id: second.id,
    });
    expect(missing).toMatchObject({ status: 401, body: { error: 'UserDoesNotExistError' } });
    expect(unseen.text).toBe(missing.text.replace('4711', String(second.id)));
    expect((await hidden.get(`${USERS}/${hidden.id}`)).status).toBe(200);
  });

  it('makes groups whose names are unique, with their maker as owner', async () => {
    const [user, other] = [await app.newUser(), await app.newUser()];
    const group = await app.newGroup(user, 'vision');

    expect(await other.post('/api/v1/groups', { name: 'vision' })).toMatchObject({
      status: 409,
      body: { error: 'EntityExistsError', detail: { entity_type: 'group', existing_id: group.id } },
    });
    expect((await user.get('/api/v1/groups')).body.totalNumResults).toBe(2);
    expect((await other.get('/api/v1/groups')).body.totalNumResults).toBe(1);
    expect((await other.get(`/api/v1/groups/${group.id}`)).status).toBe(404);
  });

  it('takes a membership away within 5 seconds', async () => {
    const [user, other] = [await app.newUser(), await app.newUser()];
    const group = await app.newGroup(user);
    await app.join(other, group, { read: true });
    const path = `/api/v1/groups/${group.id}`;
    const elsewhere = app.otherProcess().client({ cookie: other.cookie });
    expect((await elsewhere.get(path)).status).toBe(200);

    await app.join(other, group, {});
    app.clock.advance(5_000);

    expect((await elsewhere.get(path)).status).toBe(404);
  });
});
