import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { account, basic, PASSWORD } from '../../support/accounts.ts';
import { cookiesOf, type Json, type TestApp, type TestUser, testApp } from '../../support/app.ts';

const USERS = '/api/v1/users';
const ME = '/api/v1/users/current';
const LOGIN = '/api/v1/auth/login';

let app: TestApp;
let admin: TestUser;
beforeEach(async () => {
  app = testApp();
  admin = await app.newUser('admin');
});
afterEach(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const namesOf = ({ body }: { body: Json }): string[] =>
  body.data.map(({ username }: Json) => username);

describe('the list of users', () => {
  it('has who shares a group with the caller, and everybody for administrators', async () => {
    const [anna, berta] = [await app.newUser('anna'), await app.newUser('berta')];
    await berta.delete('/api/v1/groups/1/members/current');

    expect(namesOf(await anna.get(USERS))).toEqual(['admin', 'anna']);
    expect(namesOf(await berta.get(USERS))).toEqual(['berta']);
    expect(namesOf(await admin.get(USERS))).toEqual(['admin', 'anna', 'berta']);
    expect((await admin.get(`${USERS}/${berta.id}`)).status).toBe(200);
    expect((await anna.get(`${USERS}/${berta.id}`)).status).toBe(401);
  });

  it('is paged and searched by name and address', async () => {
    for (const name of ['anna', 'berta', 'clara']) await app.newUser(name);
    const page = await admin.get(`${USERS}?index=1&pageLength=2`);

    expect(page.body).toMatchObject({ index: 1, isComplete: false, totalNumResults: 4 });
    expect(page.body.data[0]).toEqual({ username: 'anna', email: 'anna@assay.test', id: 2 });
    expect(page.body.next).toBe('/api/v1/users?index=3&pageLength=2');
    expect(namesOf(await admin.get(`${USERS}?search=username:*r*a`))).toEqual(['berta', 'clara']);
    expect(namesOf(await admin.get(`${USERS}?search=email:'anna@*'`))).toEqual(['anna']);
    expect(await admin.get(`${USERS}?search=password:x`)).toMatchObject({
      status: 422,
      body: { error: 'SearchParseError' },
    });
  });
});

describe('a change of name and address', () => {
  it('leaves the session, and shows everywhere', async () => {
    const anna = await app.newUser('anna');
    const { body } = await anna.put(ME, { username: 'hanna', email: 'hanna@assay.test' });
    const members = (await admin.get('/api/v1/groups/1')).body.members;

    expect(body).toMatchObject({ id: anna.id, username: 'hanna', email: 'hanna@assay.test' });
    expect((await anna.get(ME)).body).toEqual(body);
    expect(members.map(({ user }: Json) => user.username)).toEqual(['admin', 'hanna']);
    expect(namesOf(await admin.get(`${USERS}?search=email:'hanna@*'`))).toEqual(['hanna']);
    expect((await basic(app, 'hanna', anna.password).get(ME)).status).toBe(200);
    expect((await basic(app, 'anna', anna.password).get(ME)).status).toBe(401);
    expect((await app.client().post(USERS, account('anna'))).status).toBe(200);
  });

  it('takes no name or address of others, and nothing halfway', async () => {
    const anna = await app.newUser('anna');
    const name = await anna.put(ME, { username: 'admin', email: 'new@assay.test' });
    const email = await anna.put(ME, { username: 'new', email: 'ADMIN@assay.test' });

    expect(name).toMatchObject({
      status: 409,
      body: { detail: { entity_attributes: { username: 'admin' } } },
    });
    expect(email).toMatchObject({
      status: 409,
      body: { detail: { entity_attributes: { email_address: 'ADMIN@assay.test' } } },
    });
    expect((await anna.get(ME)).body).toMatchObject({ username: 'anna', email: 'anna@assay.test' });
    expect((await anna.put(ME, { username: 'anna', email: 'ANNA@assay.test' })).status).toBe(200);
  });

  it('gives one name to one of those who ask at the same time', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => app.newUser()));
    const answers = await Promise.all(
      users.map((user, at) => user.put(ME, { username: 'same', email: `same-${at}@assay.test` })),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4);
  });
});

describe('the end of an account', () => {
  it('takes the password, and ends sessions, tokens and memberships', async () => {
    const anna = await app.newUser('anna');
    const token = app.bearer((await anna.newToken()).token);
    const queue = await anna.post('/api/v1/queues', { name: 'q', group: 1 });
    const end = (password: string) => anna.call('DELETE', ME, { password });

    expect(await end('wrong')).toMatchObject({
      status: 401,
      body: { error: 'UserPasswordError', detail: {} },
    });
    expect((await end(anna.password)).body).toEqual({ id: [anna.id], status: 'Success' });
    for (const client of [anna, token, basic(app, 'anna', anna.password)]) {
      expect((await client.get(ME)).status).toBe(401);
    }
    expect((await admin.get('/api/v1/groups/1')).body.members).toHaveLength(1);
    expect(namesOf(await admin.get(USERS))).toEqual(['admin']);
    expect((await admin.get(`${USERS}/${anna.id}`)).body.error).toBe('UserDoesNotExistError');
    // What it made goes on to show its name, which nobody else can have.
    expect((await admin.get(`/api/v1/queues/${queue.body.id}`)).body.user.username).toBe('anna');
    expect((await app.client().post(USERS, account('anna'))).status).toBe(409);
    const again = account('anne', { email: 'anna@assay.test' });
    expect((await app.client().post(USERS, again)).status).toBe(200);
  });
});

describe('wrong passwords', () => {
  const MINUTE = 60_000;
  const login = (username: string, password: string) =>
    app.client().post(LOGIN, { username, password });

  it.each(['anna', 'nobody'])('of %s make wait, for longer each time', async (username) => {
    const { password } = await app.newUser('anna');
    // A process remembers for five minutes that a password was right.
    app.clock.advance(5 * MINUTE);
    const tries = await Promise.all(
      Array.from({ length: 60 }, (_, at) => login(username, `wrong ${at}`)),
    );
    const looked = tries.filter(({ status }) => status === 401);

    // However many come at once: twenty, and the first of those that wait.
    expect(looked).toHaveLength(21);
    const refused = await login(username, password);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '2']);
    app.clock.advance(2_000);
    expect((await login(username, 'wrong again')).status).toBe(401);
    expect((await login(username, password)).headers.get('retry-after')).toBe('4');
  });

  it('are forgotten with the right one, or a day later', async () => {
    await app.client().post(USERS, account('anna'));
    const fail = () =>
      Promise.all(Array.from({ length: 30 }, (_, at) => login('anna', `wrong ${at}`)));
    await fail();
    app.clock.advance(15 * MINUTE);
    expect((await login('anna', PASSWORD)).status).toBe(200);
    expect((await login('anna', 'wrong')).status).toBe(401);
    expect((await login('anna', PASSWORD)).status).toBe(200);

    await fail();
    app.clock.advance(1_500 * MINUTE);
    for (let at = 0; at < 19; at += 1) {
      expect((await login('anna', `later ${at}`)).status).toBe(401);
    }
    expect((await login('anna', PASSWORD)).status).toBe(200);
  });

  it('do not shut out who has just signed in with the right one', async () => {
    const { username, password } = await app.newUser('anna');
    await Promise.all(Array.from({ length: 30 }, (_, at) => login(username, `wrong ${at}`)));

    expect((await login(username, 'one more')).status).toBe(429);
    expect((await basic(app, username, password).get(ME)).status).toBe(200);
  });

  it('count wherever a password is asked for', async () => {
    const anna = await app.newUser('anna');
    app.clock.advance(5 * MINUTE);
    for (let at = 0; at < 10; at += 1) {
      const end = await anna.call('DELETE', ME, { password: `wrong ${at}` });
      const confirmNewPassword = 'x';
      const change = { oldPassword: `no ${at}`, newPassword: 'x', confirmNewPassword };
      const changed = await admin.post(`${USERS}/${anna.id}/password`, change);
      expect([end.status, changed.status]).toEqual([401, 403]);
    }
    await login('anna', 'wrong');

    expect((await login('anna', anna.password)).status).toBe(429);
    expect((await anna.get(ME)).status).toBe(200);
  });
});

describe('sessions', () => {
  it('are replaced by a login that shows them', async () => {
    const { username, password, cookie } = await app.newUser();
    const other = await app.client().post(LOGIN, { username, password });
    const renewed = await app.client({ cookie }).post(LOGIN, { username, password });

    expect((await app.client({ cookie }).get(ME)).status).toBe(401);
    for (const { headers } of [other, renewed]) {
      expect((await app.client({ cookie: cookiesOf(headers) }).get(ME)).status).toBe(200);
    }
  });
});

describe("somebody else's password", () => {
  const change = (oldPassword: string) => ({
    oldPassword,
    newPassword: 'renewed',
    confirmNewPassword: 'renewed',
  });

  it('is changed by whoever knows the old one, even when it has expired', async () => {
    const anna = await app.newUser('anna');
    app.clock.advance(366 * 86_400_000);
    // The administrator's has expired, too; only the session of a newer account is left.
    const berta = await app.newUser('berta');
    const url = `${USERS}/${anna.id}/password`;

    expect(await berta.post(url, change('wrong'))).toMatchObject({
      status: 403,
      body: { error: 'UserPasswordChangeError' },
    });
    expect((await berta.post(url, change(anna.password))).body).toEqual({
      status: 'Password Change Success',
    });
    expect((await basic(app, 'anna', 'renewed').get(ME)).status).toBe(200);
    expect(await berta.post(`${USERS}/4711/password`, change('x'))).toMatchObject({
      status: 401,
      body: { error: 'UserDoesNotExistError' },
    });
  });
});
