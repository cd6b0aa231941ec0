import { expect, it } from 'vitest';
import { pathParameters } from '#http/route.ts';
import type { Client } from '../../support/app.ts';
import { addressOf, type Ids } from './fixture.ts';
import {
  callOf,
  expectError,
  MISSING,
  type Row,
  type Stage,
  send,
  WRONG_KIND,
  withoutIds,
} from './stage.ts';
import type { World } from './world.ts';

/** Who calls; nobody and those whose credentials have ended are in credentials.ts. */
const ROLES = ['other group', 'reader', 'member', 'owner'] as const;
type Role = (typeof ROLES)[number];

/** What a route is, as far as groups are concerned. */
type Kind =
  | 'public'
  | 'own'
  | 'list'
  | 'read'
  | 'write'
  | 'private'
  | 'manage'
  | 'member'
  | 'administrators'
  | 'worker';

/** The table: `ok` is whatever the valid call answers. */
const EXPECTED: Readonly<Record<Kind, Readonly<Record<Role, 'ok' | number>>>> = {
  public: { 'other group': 'ok', reader: 'ok', member: 'ok', owner: 'ok' },
  // It is about the caller.
  own: { 'other group': 'ok', reader: 'ok', member: 'ok', owner: 'ok' },
  // Everybody gets a list, of what they may see.
  list: { 'other group': 'ok', reader: 'ok', member: 'ok', owner: 'ok' },
  read: { 'other group': 404, reader: 'ok', member: 'ok', owner: 'ok' },
  write: { 'other group': 404, reader: 403, member: 'ok', owner: 'ok' },
  // Only whoever made it sees it.
  private: { 'other group': 404, reader: 404, member: 404, owner: 'ok' },
  manage: { 'other group': 404, reader: 403, member: 403, owner: 'ok' },
  administrators: { 'other group': 403, reader: 403, member: 403, owner: 'ok' },
  worker: { 'other group': 403, reader: 403, member: 403, owner: 403 },
  // Any member may, and the last owner may not.
  member: { 'other group': 404, reader: 'ok', member: 'ok', owner: 409 },
};

export function kindOf({ access, fixture, path, method }: Row): Kind {
  if (access.kind === 'public' || access.kind === 'worker') return access.kind;
  if (fixture.administrators === true) return 'administrators';
  if (fixture.managers === true) return 'manage';
  if (fixture.anyMember === true) return 'member';
  if (fixture.own === true) return 'own';
  if (fixture.secret === true) return 'private';
  if (access.kind === 'login') return 'own';
  if (access.action === 'write') return 'write';
  const isList = method === 'GET' && pathParameters(path).length === 0;
  return isList || fixture.empty === true ? 'list' : 'read';
}

const callerIn = async (stage: Stage, role: Role): Promise<Client> => {
  const { mine, theirs, app } = stage;
  if (role === 'other group') return theirs.owner;
  if (role === 'owner') return mine.owner;
  const user = await app.newUser();
  await app.join(user, mine.group, { read: true, write: role === 'member' });
  return user;
};

/** Each route by each role, against the table. */
export function roleTests(stage: Stage, row: Row): void {
  const kind = kindOf(row);
  // Its own credentials make the call what it is.
  if (kind === 'public' || kind === 'own') return;
  it.each(ROLES)('answers somebody of the role "%s" as the table says', async (role) => {
    const expected = EXPECTED[kind][role];
    const answer = await send(await callerIn(stage, role), await callOf(stage, row));

    if (expected === 'ok') {
      const wanted = row.fixture.status ?? 200;
      expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
      return;
    }
    const missing = expected === 404 ? (row.fixture.missing ?? 404) : expected;
    expectError(stage, answer, pathParameters(row.path).length > 0 ? expected : missing);
    if (kind !== 'worker') expect(answer.text).not.toMatch(WRONG_KIND);
  });
}

/** A call of a route in this world, but for one id of its address, which is another world's. */
async function mixedCall(stage: Stage, row: Row, name: string, other: World) {
  const { base } = stage.matrix;
  const { mine } = stage;
  const make = async (world: World): Promise<Ids> => (await row.fixture.params?.(world)) ?? {};
  const [ids, foreign] = [await make(mine), await make(other)];
  const body = await row.fixture.body?.(mine);
  const address = (id: Ids[string] | undefined) =>
    addressOf(base, row, { ...ids, [name]: id ?? '' });
  const call = (id: Ids[string] | undefined) => mine.owner.call(row.method, address(id), body);
  const real = [addressOf(base, row, ids), addressOf(base, row, foreign)];
  return { id: foreign[name], call, isReal: real.includes(address(foreign[name])) };
}

/** Ids of two worlds mixed in one address: each is missing where the other is meant. */
export function nestedTests(stage: Stage, row: Row): void {
  const names = pathParameters(row.path).filter(({ kind }) => kind === 'int');
  const isGuarded = row.access.kind === 'scoped' || row.access.kind === 'login';
  if (!isGuarded || names.length < 2 || row.fixture.own === true) return;
  // A number within its parent, such as a version's, means something in another parent, too.
  const ids = names.map(({ name }) => name).filter((name) => !name.endsWith('Number'));
  it.each(ids)("takes another group's {%s} for a missing one", async (name) => {
    const { id, call } = await mixedCall(stage, row, name, stage.theirs);
    const [mixed, missing] = [await call(id), await call(MISSING)];

    expectError(stage, mixed, 404);
    expect(withoutIds(mixed.text, [id ?? ''])).toBe(withoutIds(missing.text, [MISSING]));
  });
  if (ids.length < names.length) return;
  it.each(ids)('knows nothing under another {%s} of the same group', async (name) => {
    const { id, call, isReal } = await mixedCall(stage, row, name, stage.beside);
    // Both are in the same group, with the same people.
    if (!isReal) expectError(stage, await call(id), 404);
  });
}
