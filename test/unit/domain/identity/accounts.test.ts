import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addMember,
  authenticateBasic,
  authenticateToken,
  changeMember,
  changePassword,
  createToken,
  createUser,
  deleteUser,
  endSession,
  getGroup,
  leaveGroup,
  MEMBER_FLAGS,
  OWNER_FLAGS,
  removeMember,
  startSession,
} from '#domain/identity/index.ts';
import { createGroup, registerUser } from '#domain/onboarding/index.ts';
import { createCache } from '#kernel/cache.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../../../support/app.ts';

let app: TestApp;
let system: Context;
beforeEach(() => {
  app = testApp();
  system = app.system;
});
afterEach(() => app.close());

const account = (username: string) => ({ username, email: `${username}@b`, password: 'secret' });
const as = (actor: Context['actor']): Context => ({ ...system, actor });
const anonymous = (): Context => as({ kind: 'anonymous' });

describe('accounts', () => {
  it('are made by the system alone, and where registration is open by anybody', async () => {
    await expect(createUser(anonymous(), account('anna'))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await registerUser(anonymous(), account('anna'));
    const closed = testApp({ registration: 'closed' });
    const nobody: Context = { ...closed.system, actor: { kind: 'anonymous' } };

    await expect(registerUser(nobody, account('anna'))).rejects.toMatchObject({
      reason: 'registration_closed',
    });
    expect(await registerUser(closed.system, account('anna'))).toMatchObject({ id: 1 });
    await closed.close();
  });

  it('with one name are made once, whoever asks at the same time', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => registerUser(anonymous(), account('anna'))),
    );
    const failed = results.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));

    expect(failed).toHaveLength(19);
    for (const error of failed) expect(error).toMatchObject({ code: 'conflict' });
    const actor = await authenticateBasic(system, 'anna', 'secret');
    expect(actor).toMatchObject({ kind: 'user', username: 'anna' });
    expect([...('memberships' in actor ? actor.memberships.keys() : [])]).toEqual([1]);
  });
});

describe('credentials', () => {
  it('cost nothing for 5 seconds, and the password is not hashed again', async () => {
    await registerUser(anonymous(), account('anna'));
    await authenticateBasic(system, 'anna', 'secret');
    app.meter.reset();
    await authenticateBasic(system, 'anna', 'secret');
    const soon = app.meter.snapshot().tableCalls;
    app.clock.advance(5_000);
    await authenticateBasic(system, 'anna', 'secret');

    expect(soon).toBe(0);
    expect(app.meter.snapshot().tableCalls).toBe(2);
  });

  it('of a wrong password are never remembered as right', async () => {
    await registerUser(anonymous(), account('anna'));
    await authenticateBasic(system, 'anna', 'secret');

    for (const [name, password] of [
      ['anna', 'secret '],
      ['anna', ''],
      ['ann', 'asecret'],
      ['Anna', 'secret'],
      ['', ''],
    ] as const) {
      await expect(authenticateBasic(system, name, password)).rejects.toMatchObject({
        code: 'unauthenticated',
        reason: 'bad_credentials',
      });
    }
  });

  it('that are wrong take as many calls for a name that somebody has as for one that nobody has', async () => {
    await registerUser(anonymous(), account('anna'));
    await authenticateBasic(system, 'anna', 'secret');
    const callsOf = async (name: string) => {
      const calls: number[] = [];
      for (let at = 0; at < 25; at += 1) {
        app.meter.reset();
        await authenticateBasic(system, name, `wrong ${at}`).catch(() => undefined);
        calls.push(app.meter.snapshot().tableCalls);
      }
      return calls;
    };

    const known = await callsOf('anna');
    expect(known[0]).toBe(3);
    expect(await callsOf('nobody')).toEqual(known);
  });

  it('carry the scopes of their token', async () => {
    await registerUser(anonymous(), account('anna'));
    const actor = await authenticateBasic(system, 'anna', 'secret');
    const whole = await createToken(as(actor), { name: 'a', days: 1 });
    const part = await createToken(as(actor), { name: 'b', days: 1, scopes: ['queue:read'] });

    expect(await authenticateToken(system, whole.token)).not.toHaveProperty('scopes');
    expect(await authenticateToken(system, part.token)).toMatchObject({ scopes: ['queue:read'] });
  });

  it('are rows that expire by themselves', async () => {
    await registerUser(anonymous(), account('anna'));
    const { token, lifeSeconds } = await startSession(system, account('anna'));
    const ended = app.clock.now() + lifeSeconds * 1_000;

    app.clock.advance(lifeSeconds * 1_000 - 1);
    expect(await authenticateToken(system, token)).toMatchObject({ kind: 'user' });
    app.clock.advance(1);
    await expect(authenticateToken(system, token)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    app.platform.table.purgeExpired(ended + 2 * 86_400_000);
    app.platform.cache.clear();
    await expect(authenticateToken(system, token)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('end alone, and everywhere at once', async () => {
    await registerUser(anonymous(), account('anna'));
    const [one, two] = [
      await startSession(system, account('anna')),
      await startSession(system, account('anna')),
    ];
    const actor = await authenticateToken(system, one.token);
    await endSession(as(actor), { token: one.token, everywhere: false });

    await expect(authenticateToken(system, one.token)).rejects.toThrow();
    expect(await authenticateToken(system, two.token)).toMatchObject({ username: 'anna' });
    await endSession(as(actor), { token: undefined, everywhere: true });
    await expect(authenticateToken(system, two.token)).rejects.toThrow();
  });

  it('hold at once in processes that remember the account as it was', async () => {
    await registerUser(anonymous(), account('anna'));
    const other: Context = { ...system, cache: createCache(app.clock) };
    const actor = await authenticateBasic(other, 'anna', 'secret');
    await endSession(as(actor), { token: undefined, everywhere: true });
    const { token } = await startSession(other, account('anna'));

    expect(await authenticateToken(other, token)).toMatchObject({ username: 'anna' });
    await changePassword(as(actor), {
      oldPassword: 'secret',
      newPassword: 'newer',
      confirmNewPassword: 'newer',
    });
    const signedIn = await startSession(system, { username: 'anna', password: 'newer' });
    expect(await authenticateToken(other, signedIn.token)).toMatchObject({ username: 'anna' });
    other.cache.clear();
    await authenticateBasic(other, 'anna', 'newer');
    await changePassword(as(actor), {
      oldPassword: 'newer',
      newPassword: 'newest',
      confirmNewPassword: 'newest',
    });
    expect(await authenticateBasic(other, 'anna', 'newest')).toMatchObject({ username: 'anna' });
    await expect(
      startSession(other, { username: 'anna', password: 'newer' }),
    ).rejects.toMatchObject({ reason: 'bad_credentials' });
  });
});

describe('groups', () => {
  it('with one name are made once, and belong to who made them', async () => {
    await registerUser(anonymous(), account('anna'));
    const actor = await authenticateBasic(system, 'anna', 'secret');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => createGroup(as(actor), { name: 'vision' })),
    );
    const made = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));

    expect(made).toHaveLength(1);
    expect(made[0]?.members).toMatchObject([{ username: 'anna', flags: { owner: true } }]);
    await expect(createGroup(anonymous(), { name: 'x' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('owners, while somebody else acts', () => {
  /** A context of this account, in which `meanwhile` happens once, just before its transaction. */
  const interrupted = async (name: string, meanwhile: () => Promise<unknown>) => {
    let once: typeof meanwhile | undefined = meanwhile;
    const transact: Context['table']['transact'] = async (writes) => {
      const now = once;
      once = undefined;
      await now?.();
      return system.table.transact(writes);
    };
    return { ...(await acting(name)), table: { ...system.table, transact } };
  };
  const acting = async (name: string) => as(await authenticateBasic(system, name, 'secret'));
  const ADMIN = { ...MEMBER_FLAGS, shareRead: true, shareWrite: true, admin: true };
  const ids = new Map<string, number>();
  let groupId: number;
  beforeEach(async () => {
    for (const name of ['anna', 'bert', 'cleo']) {
      ids.set(name, (await registerUser(anonymous(), account(name))).id);
    }
    groupId = (await createGroup(await acting('anna'), { name: 'vision' })).id;
    const anna = await acting('anna');
    await addMember(anna, { ...member('bert'), flags: MEMBER_FLAGS });
    await addMember(anna, { ...member('cleo'), flags: ADMIN });
  });
  const member = (name: string) => ({ groupId, userId: ids.get(name) ?? 0 });
  const handOver = async () => {
    await changeMember(await acting('anna'), { ...member('bert'), flags: OWNER_FLAGS });
    await leaveGroup(await acting('anna'), groupId);
  };
  const owners = async () =>
    (await getGroup(system, groupId)).members.filter(({ flags }) => flags.owner);

  const acts: Record<string, () => Promise<unknown>> = {
    'an administrator changes': async () =>
      changeMember(await interrupted('cleo', handOver), {
        ...member('bert'),
        flags: { ...MEMBER_FLAGS, write: false },
      }),
    'an administrator removes': async () =>
      removeMember(await interrupted('cleo', handOver), member('bert')),
    'who leaves': async () => leaveGroup(await interrupted('bert', handOver), groupId),
    'who ends the account': async () =>
      deleteUser(await interrupted('bert', handOver), { password: 'secret' }),
  };
  it.each(Object.keys(acts))('are not lost by a member that became one: %s', async (name) => {
    await expect(acts[name]?.()).rejects.toMatchObject({ code: 'conflict' });

    expect(await owners()).toMatchObject([{ username: 'bert' }]);
  });

  it('do not end with a group just made', async () => {
    const make = async () => createGroup(await acting('bert'), { name: 'sound' });

    await expect(
      deleteUser(await interrupted('bert', make), { password: 'secret' }),
    ).rejects.toMatchObject({ code: 'conflict' });

    const end = async () => deleteUser(await acting('cleo'), { password: 'secret' });
    await expect(
      createGroup(await interrupted('cleo', end), { name: 'smell' }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('make many groups at once', async () => {
    const anna = await acting('anna');
    const names = Array.from({ length: 10 }, (_, index) => `group ${index}`);

    const made = await Promise.all(names.map((name) => createGroup(anna, { name })));

    expect(made.map(({ name }) => name)).toEqual(names);
  });
});
