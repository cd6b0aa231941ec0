import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { account, basic, newAdministrator, operatorInvitation } from '../support/accounts.ts';
import { type Answer, type Client, type TestApp, testApp } from '../support/app.ts';

const USERS = '/api/v1/users';
const INVITATIONS = '/api/v1/invitations';
const DAY = 86_400_000;

let app: TestApp;
let admin: Client;
beforeEach(async () => {
  app = testApp({ registration: 'invite' });
  admin = await newAdministrator(app);
});
afterEach(() => app.close());

const invite = async (days = 7): Promise<string> =>
  (await admin.post(INVITATIONS, { days })).body.token;
const register = (username: string, more: object, client = app.client()): Promise<Answer> =>
  client.post(USERS, account(username, more));
const members = async (): Promise<number> =>
  (await admin.get('/api/v1/groups/1')).body.members.length;

describe('an invitation', () => {
  it('makes one account, however many use it at the same moment', async () => {
    const invitation = await invite();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => register(`guest-${at}`, { invitation })),
    );

    const made = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 403);
    expect([made.length, refused.length]).toEqual([1, 49]);
    expect(await members()).toBe(2);
    for (const { body } of refused) expect(body.error).toBe('UserInvitationInvalidError');
  });

  it('of the operator makes one administrator, however many use it at the same moment', async () => {
    const invitation = await operatorInvitation(app);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => register(`boss-${at}`, { invitation })),
    );

    const { body } = await admin.get('/api/v1/groups/1');
    const owners = body.members.filter(
      ({ permissions }: { permissions: { admin: boolean } }) => permissions.admin,
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(owners).toHaveLength(2);
  });

  it('that is wrong, used, revoked or expired is refused in the same words', async () => {
    const [used, expired] = [await invite(), await invite(1)];
    const { id, token: revoked } = (await admin.post(INVITATIONS)).body;
    await register('anna', { invitation: used });
    await admin.delete(`${INVITATIONS}/${id}`);
    app.clock.advance(DAY);
    const unknown = `asi_${'a'.repeat(43)}`;
    const answers: Answer[] = [];
    for (const invitation of [unknown, used, expired, revoked, 'x', `${unknown} `]) {
      answers.push(await register('berta', { invitation }));
    }

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  });

  it('is asked for before names and addresses are looked at', async () => {
    const taken = await register('root', { invitation: `asi_${'a'.repeat(43)}` });
    const free = await register('nobody-yet', { invitation: `asi_${'a'.repeat(43)}` });
    const without = await register('root', {});

    expect(taken.text).toBe(free.text);
    expect(without.text).not.toContain('taken');
  });

  it.each(['', 7, null, true, ['asi_x'], { a: 1 }, 'x'.repeat(201)])(
    'is no %j',
    async (invitation) => {
      expect((await register('anna', { invitation })).status).toBe(400);
    },
  );

  it.each(['\u0000', '\ud800', 'asi_../../x', 'asi_#', '{"$gt":""}', 'é'.repeat(60)])(
    'may be any text (%j), and is then refused',
    async (invitation) => {
      expect((await register('anna', { invitation })).status).toBe(403);
    },
  );

  it('is kept as a hash, and in no answer, error or log after it was made', async () => {
    const invitation = await invite();
    const operators = await operatorInvitation(app);
    const before = await app.platform.table.query({ index: 'gsi1', pk: 'INV#ALL' });
    const answers = [
      await admin.get(INVITATIONS),
      await register('root', { invitation }),
      await register('anna', { invitation }),
      await register('berta', { invitation }),
      await register('clara', { invitation: operators, username: '' }),
    ];

    expect(before.items).toHaveLength(1);
    const shown = JSON.stringify(before) + answers.map(({ text }) => text).join('') + app.errors;
    for (const secret of [invitation, operators]) expect(shown).not.toContain(secret.slice(4));
    expect(app.errors).toEqual([]);
  });

  it('is no credential of any other kind', async () => {
    const invitation = await operatorInvitation(app);
    const clients = [
      app.bearer(invitation),
      app.client({ cookie: `session=${invitation}` }),
      basic(app, 'root', invitation),
    ];

    for (const client of clients) expect((await client.get(`${USERS}/current`)).status).toBe(401);
    expect((await register('anna', { invitation })).status).toBe(200);
  });
});

describe('nobody becomes an administrator', () => {
  it.each([
    { admin: true },
    { flags: { admin: true } },
    { kind: 'administrator' },
    { join: { id: 1, flags: { admin: true } } },
    { use: null },
    { groups: [1] },
  ])('by sending %j', async (more) => {
    const invitation = await invite();

    expect((await register('anna', { invitation, ...more })).status).toBe(400);
    expect((await register('anna', more, admin)).status).toBe(400);
    expect((await admin.post(INVITATIONS, more)).status).toBe(400);
  });

  it("by an administrator's invitation, nor is one made by a member", async () => {
    await register('anna', { invitation: await invite() });
    const member = basic(app, 'anna');

    expect((await member.post(INVITATIONS)).status).toBe(403);
    expect((await member.get(INVITATIONS)).status).toBe(403);
    expect((await member.post('/api/v1/workerTokens', { pool: 'default' })).status).toBe(403);
    expect((await register('berta', {}, member)).status).toBe(403);
  });

  it("by a token with scopes of an administrator's", async () => {
    const made = await admin.post(`${USERS}/current/tokens`, { name: 'x', scopes: ['user:write'] });
    const whole = await admin.post(`${USERS}/current/tokens`, { name: 'y' });

    expect((await register('anna', {}, app.bearer(made.body.token))).status).toBe(403);
    expect((await register('anna', {}, app.bearer(whole.body.token))).status).toBe(200);
  });

  it('by the token of a worker', async () => {
    const worker = app.bearer(await app.newWorkerToken());

    expect((await register('anna', {}, worker)).status).toBe(403);
  });
});
