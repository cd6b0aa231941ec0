import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '#kernel/context.ts';
import { account, basic, newAdministrator, operatorInvitation } from '../../support/accounts.ts';
import { type Answer, type Client, type TestApp, testApp } from '../../support/app.ts';

const USERS = '/api/v1/users';
const INVITATIONS = '/api/v1/invitations';
const DAY = 86_400_000;
type Mode = Settings['registration'];

const apps: TestApp[] = [];
const appIn = (registration: Mode): TestApp => {
  const app = testApp({ registration });
  apps.push(app);
  return app;
};
afterEach(async () => {
  for (const app of apps.splice(0)) {
    expect(app.errors).toEqual([]);
    await app.close();
  }
});

const invite = async (admin: Client, days?: number): Promise<string> =>
  (await admin.post(INVITATIONS, days === undefined ? undefined : { days })).body.token;
const register = (client: Client, username: string, invitation?: string): Promise<Answer> =>
  client.post(USERS, account(username, invitation === undefined ? {} : { invitation }));
/** What somebody may do in `public`. */
const flagsOf = async (app: TestApp, username: string) => {
  const { body } = await basic(app, username).get('/api/v1/groups/1');
  const member = body.members.find((each: { user: { username: string } }) => {
    return each.user.username === username;
  });
  return member.permissions;
};

describe('who may make an account', () => {
  it.each<[Mode, number]>([
    ['open', 200],
    ['invite', 403],
    ['closed', 403],
  ])('without an invitation, where registration is %s: %i', async (mode, status) => {
    const app = appIn(mode);

    expect((await register(app.client(), 'anna')).status).toBe(status);
  });

  it.each<[Mode, number]>([
    ['open', 200],
    ['invite', 200],
  ])('with an invitation, where registration is %s: %i', async (mode, status) => {
    const app = appIn(mode);
    const token = await invite(await newAdministrator(app));

    expect((await register(app.client(), 'anna', token)).status).toBe(status);
    expect(await flagsOf(app, 'anna')).toMatchObject({ read: true, write: true, admin: false });
  });

  it.each<Mode>(['open', 'invite', 'closed'])(
    "with the operator's invitation, where registration is %s: always, as administrator",
    async (mode) => {
      const app = appIn(mode);
      const token = await operatorInvitation(app);

      expect((await register(app.client(), 'anna', token)).status).toBe(200);
      expect(await flagsOf(app, 'anna')).toMatchObject({ owner: true, admin: true });
    },
  );

  it.each<Mode>(['open', 'invite', 'closed'])(
    'signed in as administrator, where registration is %s: always',
    async (mode) => {
      const app = appIn(mode);
      const admin = await newAdministrator(app);

      expect((await register(admin, 'anna')).status).toBe(200);
      expect(await flagsOf(app, 'anna')).toMatchObject({ read: true, admin: false, owner: false });
    },
  );

  it('is told the field and the fix', async () => {
    const byInvitation = await register(appIn('invite').client(), 'anna');
    const closed = await register(appIn('closed').client(), 'anna');
    const wrong = await register(appIn('open').client(), 'anna', 'nonsense');

    expect(byInvitation.body).toMatchObject({
      error: 'UserRegistrationClosedError',
      message: expect.stringContaining('send it as "invitation"'),
    });
    expect(closed.body).toMatchObject({
      error: 'UserRegistrationClosedError',
      message: expect.stringContaining('ask an administrator'),
    });
    expect(wrong).toMatchObject({
      status: 403,
      body: {
        error: 'UserInvitationInvalidError',
        message: expect.stringContaining('ask for a new one'),
        detail: { field: 'invitation' },
      },
    });
  });

  it('counts an ended session for nobody, and refuses a wrong password', async () => {
    const app = appIn('open');
    const user = await app.newUser();
    await user.post('/api/v1/auth/logout');

    expect((await register(app.client({ cookie: user.cookie }), 'anna')).status).toBe(200);
    expect((await register(basic(app, user.username, 'wrong'), 'berta')).status).toBe(401);
  });

  it('refuses what a browser sends from another site with the cookie of an administrator', async () => {
    const app = appIn('open');
    const admin = await app.newUser();
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await admin.call('POST', USERS, account('anna'), headers);

    expect(answer.status).toBe(403);
  });
});

describe('the first administrator', () => {
  it('is whoever has the invitation of the operator, not whoever comes first', async () => {
    const app = appIn('open');
    const token = await operatorInvitation(app);
    await register(app.client(), 'stranger');
    await register(app.client(), 'anna', token);

    expect(await flagsOf(app, 'stranger')).toMatchObject({
      write: true,
      owner: false,
      admin: false,
    });
    expect(await flagsOf(app, 'anna')).toMatchObject({ owner: true, admin: true });
    expect((await basic(app, 'stranger').post(INVITATIONS)).status).toBe(403);
    expect((await basic(app, 'anna').post(INVITATIONS)).status).toBe(200);
  });

  it('may be a second one, when there is one already', async () => {
    const app = appIn('closed');
    await newAdministrator(app, 'first');
    await newAdministrator(app, 'second');

    expect(await flagsOf(app, 'first')).toMatchObject({ owner: true, admin: true });
    expect(await flagsOf(app, 'second')).toMatchObject({ owner: true, admin: true });
  });

  it('can work at once: the group public has its types', async () => {
    const admin = await newAdministrator(appIn('closed'));

    expect((await admin.get('/api/v1/pluginParameterTypes?groupId=1')).body.totalNumResults).toBe(
      6,
    );
    expect((await admin.post('/api/v1/queues', { name: 'q', group: 1 })).status).toBe(200);
  });
});

describe('invitations', () => {
  it('last 7 days unless asked otherwise, and are listed without their text', async () => {
    const app = appIn('invite');
    const admin = await newAdministrator(app);
    const made = await admin.post(INVITATIONS);
    const other = await admin.post(INVITATIONS, { days: 30 });
    const list = await admin.get(INVITATIONS);

    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      token: expect.stringMatching(/^asi_[A-Za-z0-9_-]{43}$/),
      createdOn: '2026-01-01T00:00:00.000000+00:00',
      expiresOn: '2026-01-08T00:00:00.000000+00:00',
    });
    expect(other.body.expiresOn).toBe('2026-01-31T00:00:00.000000+00:00');
    expect(new Set(list.body.data.map(({ id }: { id: string }) => id))).toEqual(
      new Set([made.body.id, other.body.id]),
    );
    expect(list.text).not.toContain('asi_');
  });

  it.each([0, 31, 1.5, '7', null])('refuse to last %j days', async (days) => {
    const admin = await newAdministrator(appIn('invite'));

    expect(await admin.post(INVITATIONS, { days })).toMatchObject({
      status: 400,
      body: { errors: { days: expect.any(Array) } },
    });
  });

  it('are not made where nobody could use them', async () => {
    const admin = await newAdministrator(appIn('closed'));

    expect(await admin.post(INVITATIONS)).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('Make the account yourself') },
    });
  });

  it('are gone once used, and good until then', async () => {
    const app = appIn('invite');
    const admin = await newAdministrator(app);
    const token = await invite(admin);
    const taken = await register(app.client(), 'root', token);
    const used = await register(app.client(), 'anna', token);
    const again = await register(app.client(), 'berta', token);

    expect([taken.status, used.status, again.status]).toEqual([409, 200, 403]);
    expect((await admin.get(INVITATIONS)).body.data).toEqual([]);
  });

  it('are good until they end, and not a moment longer', async () => {
    const app = appIn('invite');
    const admin = await newAdministrator(app);
    const [early, late] = [await invite(admin, 1), await invite(admin, 1)];
    app.clock.advance(DAY - 1);
    const before = await register(app.client(), 'anna', early);
    app.clock.advance(1);
    const after = await register(app.client(), 'berta', late);

    expect([before.status, after.status]).toEqual([200, 403]);
  });

  it('can be taken back', async () => {
    const app = appIn('invite');
    const admin = await newAdministrator(app);
    const { id, token } = (await admin.post(INVITATIONS)).body;
    const taken = await admin.delete(`${INVITATIONS}/${id}`);
    const again = await admin.delete(`${INVITATIONS}/${id}`);

    expect([taken.status, again.status]).toEqual([200, 404]);
    expect((await register(app.client(), 'anna', token)).status).toBe(403);
  });
});
