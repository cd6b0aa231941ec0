import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { pathParameters, type Route } from '#http/route.ts';
import { type Answer, type Client, type Json, type TestApp, testApp } from '../../support/app.ts';
import { addressOf, type Call, type Fixtures, validCall, withValue } from './fixture.ts';
import { newWorld, type World } from './world.ts';

export interface Matrix {
  readonly base: string;
  readonly routes: readonly Route[];
  readonly fixtures: Fixtures;
  /** Whether a body has the shape of the dialect's errors. */
  readonly isError: (body: Json, status: number) => boolean;
  /** What this credential may not call at all answers with this text in it. */
  readonly refusedCredential: string;
}

/** Fields that callers must not be able to set, whatever they are called on the inside. */
const FORBIDDEN_FIELDS = {
  id: 424_242,
  user: 424_242,
  owner: 424_242,
  userId: 424_242,
  groupId: 424_242,
  createdOn: '2000-01-01T00:00:00Z',
  lastModifiedOn: '2000-01-01T00:00:00Z',
  snapshot: 424_242,
  revision: 424_242,
  deleted: true,
  deletedOn: 1,
  role: 'admin',
  constructor: {},
};
const MISSING = 987_654_321;
const DAY = 86_400_000;

const send = (client: Client, { method, path, body }: Call): Promise<Answer> =>
  client.call(method, path, body);

/** The text with these ids made alike, to compare what it says of different ones. */
const withoutIds = (text: string, ids: readonly (string | number)[]): string =>
  ids.reduce<string>((shown, id) => shown.replaceAll(String(id), '<id>'), text);

const keyCount = (schema: z.ZodType | undefined, name: string): boolean =>
  schema !== undefined && 'shape' in schema && name in (schema.shape as object);

/** The tests that every route of a dialect must pass, made from its table. */
export function commonTests(matrix: Matrix): void {
  const { base, routes, fixtures } = matrix;
  const table = routes.map((route) => ({ ...route, fixture: fixtures[route.operationId] ?? {} }));
  const guarded = table.filter(({ access }) => access.kind !== 'public');
  const writing = guarded.filter(
    ({ access }) => access.kind === 'scoped' && access.action === 'write',
  );
  const scoped = guarded.flatMap((row) =>
    row.access.kind === 'scoped' ? [{ ...row, access: row.access }] : [],
  );
  const withBody = table.filter(({ body }) => body !== undefined);
  type Row = (typeof table)[number];
  let app: TestApp;
  let mine: World;
  let theirs: World;

  beforeAll(async () => {
    app = testApp();
    mine = await newWorld(app);
    theirs = await newWorld(app);
  });
  afterAll(async () => {
    expect(app.errors).toEqual([]);
    await app.close();
  });

  const callOf = (row: Row, world = mine): Promise<Call> =>
    validCall(base, row, row.fixture, world);
  const expectError = (answer: Answer, status: number): void => {
    expect(answer).toMatchObject({ status });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(matrix.isError(answer.body, status)).toBe(true);
  };

  it('has a fixture for every route, and a route for every fixture', () => {
    expect(Object.keys(fixtures).sort()).toEqual(routes.map((row) => row.operationId).sort());
  });

  describe.each(table)('$method $path', (row) => {
    const { fixture, response } = row;

    it('answers a valid call as it declares, never to be cached', async () => {
      const caller = (await fixture.as?.(mine)) ?? mine.owner;
      const answer = await send(caller, await callOf(row));

      expect(answer.text.slice(0, answer.status === (fixture.status ?? 200) ? 0 : 500)).toBe('');
      expect(answer.headers.get('cache-control')).toContain('no-store');
      if (answer.status !== 200 || response === undefined) return;
      // What the schema does not name, parsing would drop.
      expect(response.parse(answer.body)).toEqual(answer.body);
    });

    it('takes the address with a slash at its end, and no other method', async () => {
      const { path } = await callOf(row);
      const slash = await app.client().call(row.method, `${path}/`, {});
      const plain = await app.client().call(row.method, path, {});
      const other = await mine.owner.call('PATCH', path, {});

      expect(withoutIds(slash.text, [`${path}/`])).toBe(withoutIds(plain.text, [path]));
      expect(slash.status).toBe(plain.status);
      expectError(other, 405);
      expect(other.headers.get('allow')?.split(', ')).toContain(row.method);
    });
  });

  describe.each(guarded)('$method $path', (row) => {
    const anywhere = (): string =>
      addressOf(
        base,
        row,
        Object.fromEntries(pathParameters(row.path).map(({ name }) => [name, MISSING])),
      );

    it.each([
      ['nobody', {}],
      ['an unknown session', { cookie: 'session=ses_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
      ['an unknown token', { authorization: 'Bearer asy_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
      ['a token of no known kind', { authorization: 'Bearer x' }],
      ['a wrong password', { authorization: `Basic ${btoa('user-1:wrong')}` }],
      ['no words at all', { authorization: 'Basic' }],
    ])('refuses %s with 401 before it looks at anything else', async (_who, headers) => {
      const answer = await app.client(headers).call(row.method, anywhere(), '{"broken');

      expectError(answer, 401);
    });

    it('lets workers in only where it says so', async () => {
      const worker = app.bearer(await app.newWorkerToken());
      const answer = await send(worker, await callOf(row));

      if (row.access.kind === 'worker') expect(answer.status).not.toBe(403);
      else expectError(answer, 403);
    });

    it('lets the child of a job in only where it says so', async () => {
      const answer = await send(app.bearer(mine.claim.jobToken), await callOf(row));

      const isOpen = row.access.kind === 'scoped' && row.access.jobs === true;
      if (isOpen) expect(answer.text).not.toContain(matrix.refusedCredential);
      else {
        expectError(answer, 403);
        expect(answer.text).toContain(matrix.refusedCredential);
      }
    });

    const { own, empty } = row.fixture;
    if (own !== true && pathParameters(row.path).length > 0) {
      it('shows other groups the bytes of a missing thing', async () => {
        const ids = (await row.fixture.params?.(mine)) ?? {};
        const body = await row.fixture.body?.(theirs);
        const none = Object.fromEntries(
          Object.keys(ids).map((name, index) => [name, MISSING + index]),
        );
        const foreign = await theirs.owner.call(row.method, addressOf(base, row, ids), body);
        const missing = await theirs.owner.call(row.method, addressOf(base, row, none), body);

        if (empty === true) expect(foreign.body).toMatchObject({ totalNumResults: 0, data: [] });
        else expectError(foreign, 404);
        expect(withoutIds(foreign.text, Object.values(ids))).toBe(
          withoutIds(missing.text, Object.values(none)),
        );
      });
    }

    it('lists nothing of other groups, not even when asked for one', async () => {
      if (row.method !== 'GET' || !keyCount(row.response, 'totalNumResults')) return;
      const own = await callOf(row, theirs);
      const list = await theirs.owner.get(`${own.path}?pageLength=1000`);

      for (const { group } of list.body.data) expect(group?.id).not.toBe(mine.group.id);
      if (!keyCount(row.query, 'groupId')) return;
      const foreign = await theirs.owner.get(`${own.path}?groupId=${mine.group.id}`);
      const missing = await theirs.owner.get(`${own.path}?groupId=${MISSING}`);
      expectError(foreign, 404);
      expect(withoutIds(foreign.text, [mine.group.id])).toBe(withoutIds(missing.text, [MISSING]));
    });
  });

  describe.each(writing)('$method $path', (row) => {
    it('is not for members who may only read', async () => {
      const answer = await send(mine.reader, await callOf(row));

      expectError(answer, 403);
      expect(answer.text).not.toContain(matrix.refusedCredential);
    });
  });

  describe.each(scoped)('$method $path', (row) => {
    const { object, action } = row.access;
    const as = async (scope: string): Promise<Answer> => {
      const { token } = await mine.owner.newToken([scope]);
      return send(app.bearer(token), await callOf(row));
    };

    it(`takes a token of the scope ${object}:${action}, and no other`, async () => {
      const right = await as(`${object}:${action}`);
      const other = await as('something_else:write');

      expect(right).toMatchObject({ status: row.fixture.status ?? 200 });
      expectError(other, 403);
      expect(other.text).toContain(`${object}:${action}`);
      if (action === 'write') expectError(await as(`${object}:read`), 403);
      else expect(await as(`${object}:write`)).toMatchObject({ status: right.status });
    });
  });

  describe.each(guarded.filter(({ access }) => access.kind === 'login'))('$method $path', (row) => {
    it('is not for tokens with scopes', async () => {
      const { token } = await mine.owner.newToken(['user:write', 'group:write']);

      expectError(await send(app.bearer(token), await callOf(row)), 403);
    });
  });

  describe.each(withBody)('$method $path', (row) => {
    it.each(['', '{', '{"a":}', 'nul', '\u0000', '[1', '"\\ud8"', '{}{}', '\uFFFE'])(
      'refuses the body %j',
      async (text) => {
        const { path } = await callOf(row);
        if (text === '' && row.bodyOptional === true) return;

        expectError(await mine.owner.call(row.method, path, text), 400);
      },
    );

    it.each([null, [], 'text', 7, true, [{}], {}])('refuses %j as its body', async (body) => {
      const { path } = await callOf(row);
      const optional = row.body?.safeParse({}).success === true;
      if (optional && JSON.stringify(body) === '{}') return;

      expectError(await mine.owner.call(row.method, path, JSON.stringify(body)), 400);
    });

    it('refuses fields that it does not know, and applies none of them', async () => {
      const call = await callOf(row);
      const known = new Set(Object.keys(call.body));
      for (const [name, value] of Object.entries(FORBIDDEN_FIELDS)) {
        if (known.has(name)) continue;
        const answer = await send(mine.owner, { ...call, body: { ...call.body, [name]: value } });

        expectError(answer, 400);
      }
      const text = `{"__proto__":{"id":1},${JSON.stringify(call.body).slice(1)}`;
      expectError(await mine.owner.call(call.method, call.path, text), 400);
    });

    const refs = row.fixture.refs;
    if (refs !== undefined) {
      it("takes another group's ids in its body for missing ones", async () => {
        for (const [path, id] of Object.entries(refs(mine))) {
          const status = row.fixture.missing ?? 404;
          const call = await callOf(row, theirs);
          const foreign = await send(theirs.owner, {
            ...call,
            body: withValue(call.body, path, id),
          });
          const again = await callOf(row, theirs);
          const missing = await send(theirs.owner, {
            ...again,
            body: withValue({ ...again.body, ...named(call.body) }, path, MISSING),
          });

          const ids = [call.path, again.path];
          expect({ path, status: foreign.status }).toEqual({ path, status });
          expect(withoutIds(foreign.text, [...ids, id])).toBe(
            withoutIds(missing.text, [...ids, MISSING]),
          );
        }
      });
    }
  });

  describe('sessions and tokens that have ended', () => {
    let late: TestApp;
    let expired: Client;
    let revoked: Client;
    beforeAll(async () => {
      late = testApp();
      const user = await late.newUser();
      const { id, token } = await user.newToken();
      revoked = late.bearer(token);
      expect((await revoked.get('/api/v1/users/current')).status).toBe(200);
      await user.delete(`/api/v1/users/current/tokens/${id}`);
      expired = late.client({ cookie: user.cookie });
      expect((await expired.get('/api/v1/users/current')).status).toBe(200);
      late.clock.advance(14 * DAY + 1);
    });
    afterAll(() => late.close());

    // What ends a session itself goes last, so that no other route is spared.
    const endingLast = guarded.toSorted(
      (a, b) => Number(a.fixture.as !== undefined) - Number(b.fixture.as !== undefined),
    );
    it.each(endingLast)('do not open $method $path', async (row) => {
      const ids = Object.fromEntries(pathParameters(row.path).map(({ name }) => [name, 1]));
      const path = addressOf(base, row, ids);

      expectError(await expired.call(row.method, path, {}), 401);
      expectError(await revoked.call(row.method, path, {}), 401);
    });
  });
}

/** The name in a body, which may be in messages. */
const named = (body: Json): object => (body.name === undefined ? {} : { name: body.name });
