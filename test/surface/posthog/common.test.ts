import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathParameters } from '#http/route.ts';
import { posthogRoutes } from '#surfaces/posthog/parts.ts';
import { type Answer, type Json, type TestGroup, testApp } from '../../support/app.ts';
import { credentialTests, endedCredentialTests, scopeTests } from '../common/credentials.ts';
import { addressOf, type Ids } from '../common/fixture.ts';
import { posthogFixtures as fixtures } from '../common/posthog-fixtures.ts';
import {
  callerOf,
  callOf,
  expectError,
  type Matrix,
  MISSING,
  type Row,
  type Stage,
  send,
  withoutIds,
} from '../common/stage.ts';
import { newWorld } from '../common/world.ts';

const routes = await posthogRoutes();
const rows: readonly Row[] = routes.map((row) => ({
  ...row,
  fixture: { status: row.status ?? 200, ...fixtures[row.operationId] },
}));
/** Where a copy may not go is told in fewer members, as in the original. */
const NO_TARGET = ['Target team not found.', 'You do not have write access to the target project.'];
const isError: Matrix['isError'] = (body: Json) =>
  typeof body.detail === 'string' &&
  (NO_TARGET.includes(body.detail) || Object.keys(body).sort().join() === 'attr,code,detail,type');
const matrix: Matrix = { base: '', routes, fixtures, isError };
const stage = { matrix, rows } as unknown as Stage;
/** Of the owner of the other world, with nothing in it. */
let empty: TestGroup;

beforeAll(async () => {
  stage.app = testApp({ registration: 'open' });
  stage.mine = await newWorld(stage.app);
  stage.beside = stage.mine;
  stage.theirs = await newWorld(stage.app);
  empty = await stage.app.newGroup(stage.theirs.owner);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

it('has a fixture for every route, and a route for every fixture', () => {
  expect(Object.keys(fixtures).sort()).toEqual(routes.map((row) => row.operationId).sort());
});

const NO_ACCESS = {
  type: 'authentication_error',
  code: 'permission_denied',
  detail: "You don't have access to the project.",
  attr: null,
};
const ELSEWHERE = { origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const hasMember = ({ path }: Row, name: string): boolean =>
  pathParameters(path).some((each) => each.name === name);

/** Methods of the address of a row: two rows may have patterns that both fit it. */
const methodsAt = (row: Row): readonly string[] =>
  rows
    .filter(({ path, status }) => path === row.path && status !== 405)
    .map(({ method }) => method);

/** A method that no row of this address has, not even to refuse it. */
const strangeTo = (row: Row): string =>
  METHODS.find(
    (method) => !rows.some((each) => each.path === row.path && each.method === method),
  ) ?? '';

/** A valid call of the world of tests, with other values in some places of its path. */
async function callWith(row: Row, changed: Ids): Promise<{ path: string; body: Json; ids: Ids }> {
  const ids = (await row.fixture.params?.(stage.mine)) ?? {};
  const body = await row.fixture.body?.(stage.mine);
  const query = (await row.fixture.query?.(stage.mine)) ?? '';
  const path = `${addressOf(matrix.base, row, { ...ids, ...changed })}?${query}`;
  return { path, body, ids };
}

function answerTests(row: Row): void {
  it('answers a valid call as it declares', async () => {
    const answer = await send(await callerOf(stage, row), await callOf(stage, row));

    const wanted = row.fixture.status ?? 200;
    expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
    if (row.access.kind !== 'public') expectKeptByNobody(answer);
    if (wanted === 204 || wanted === 405) expect(answer.text).toBe('');
    else if (row.response === undefined) expect(answer.body).toBeUndefined();
    else if (row.operationId !== 'getOpenApiDocument') {
      // What the schema does not name, parsing would drop.
      expect(row.response.parse(answer.body)).toEqual(answer.body);
    }
  });

  it('takes the address with a slash at its end, and no other method', async () => {
    const { path, body } = await callOf(stage, row);
    const slashed = path.includes('?') ? path.replace('?', '/?') : `${path}/`;
    const anyone = stage.app.client();
    const slash = await anyone.call(row.method, slashed, body);
    const plain = await anyone.call(row.method, path, body);
    const refused = await stage.mine.owner.call(strangeTo(row), path, {});

    expect([slash.status, Object.keys(slash.body ?? {})]).toEqual([
      plain.status,
      Object.keys(plain.body ?? {}),
    ]);
    expectError(stage, refused, 405);
    expect(refused.body.code).toBe('method_not_allowed');
    expect(refused.headers.get('allow')?.split(', ')).toEqual([...methodsAt(row)].sort());
  });
}

/** What a row answers may hold secrets; of definitions, which servers ask for twice a minute, clients keep a copy. */
function expectKeptByNobody({ headers }: Answer): void {
  expect(headers.get('cache-control')).toMatch(/^(no-store|private, no-cache|no-cache)$/);
}

function tenantTests(row: Row): void {
  it('does not tell a project of others from one that is not there', async () => {
    const { theirs, mine } = stage;
    const { path, body } = await callWith(row, {});
    const none = await callWith(row, { project: MISSING });
    const foreign = await theirs.owner.call(row.method, path, body);
    const missing = await theirs.owner.call(row.method, none.path, none.body);

    expect(foreign.body).toEqual(NO_ACCESS);
    expectError(stage, foreign, 403);
    expect([missing.status, missing.text]).toEqual([403, foreign.text]);
    expect(foreign.text).not.toContain(mine.group.name);
  });

  const [own] = pathParameters(row.path).filter(({ name }) => name !== 'project');
  if (own === undefined || row.fixture.status === 405) return;
  it('takes what is in another project for missing', async () => {
    const { owner } = stage.theirs;
    const body = await row.fixture.body?.(stage.theirs);
    const call = await callWith(row, { project: empty.id });
    const foreign = await owner.call(row.method, call.path, body);
    const none = await callWith(row, { project: empty.id, [own.name]: MISSING });
    const missing = await owner.call(row.method, none.path, body);

    expectError(stage, foreign, 404);
    expect(withoutIds(foreign.text, Object.values(call.ids))).toBe(
      withoutIds(missing.text, [MISSING]),
    );
    expect(foreign.body.detail).toBe('Not found.');
  });
}

function readerTests(row: Row): void {
  it('is not for members who may only read', async () => {
    const answer = await send(stage.mine.reader, await callOf(stage, row));

    expectError(stage, answer, 403);
    if (!NO_TARGET.includes(answer.body.detail)) expect(answer.body.code).toBe('permission_denied');
  });
  if (row.fixture.managers !== true) return;
  it('is not for members who do not manage the group', async () => {
    const member = await stage.app.newUser();
    await stage.app.join(member, stage.mine.group, { read: true, write: true });
    const answer = await send(member, await callOf(stage, row));

    expectError(stage, answer, 403);
  });
}

function siteTests(row: Row): void {
  const isPublic = row.access.kind === 'public';
  if (isPublic && row.operationId !== 'getOpenApiDocument') {
    it('may be called by pages of other sites, and by nobody with a wrong token', async () => {
      const call = await callOf(stage, row);
      const answer = await stage.app.client(ELSEWHERE).call(call.method, call.path, call.body);
      const asked = await stage.app.client(ELSEWHERE).call('OPTIONS', call.path);
      const token = /phc_\d+_[\w-]+/g;
      const wrong = 'phc_1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
      const text = JSON.stringify(call.body)?.replace(token, wrong);
      const path = call.path.replace(token, wrong);
      const refused = await stage.app.client(ELSEWHERE).call(call.method, path, text);

      expect([answer.status, asked.status]).toEqual([200, 204]);
      for (const { headers } of [answer, asked, refused]) {
        expect(headers.get('access-control-allow-origin')).toBe('*');
        expect(headers.has('access-control-allow-credentials')).toBe(false);
        expect(headers.has('set-cookie')).toBe(false);
      }
      // An empty script is nobody's.
      if (row.operationId === 'getExtensionScript') return;
      expectError(stage, refused, 401);
      expect(refused.body).toEqual({
        type: 'authentication_error',
        code: 'invalid_api_key',
        detail: 'The project API key is invalid.',
        attr: null,
      });
    });
  }
  if (!isPublic && row.method !== 'GET') {
    it('does nothing for a page of another site with the cookie of a session', async () => {
      const { mine, app } = stage;
      const call = await callOf(stage, row);
      const client = app.client({ ...ELSEWHERE, cookie: mine.owner.cookie });
      const answer = await client.call(call.method, call.path, call.body);

      expectError(stage, answer, 403);
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    });
  }
}

describe.each(rows)('$method $path', (row) => {
  const { access } = row;
  answerTests(row);
  credentialTests(stage, row);
  scopeTests(stage, row);
  siteTests(row);
  if (hasMember(row, 'project')) tenantTests(row);
  if (access.kind === 'scoped' && access.action === 'write' && row.fixture.status !== 405) {
    readerTests(row);
  }
});

it("revokes no key of somebody else's, which looks like none", async () => {
  const { mine, theirs } = stage;
  const body = { label: 'mine', scopes: ['user:read'] };
  const { id, value } = (await mine.owner.post('/api/personal_api_keys', body)).body;
  const foreign = await theirs.owner.delete(`/api/personal_api_keys/${id}`);
  const missing = await theirs.owner.delete('/api/personal_api_keys/nothing');

  expectError(stage, foreign, 404);
  expect(foreign.text).toBe(missing.text);
  expect((await stage.app.bearer(value).get('/api/users/@me')).status).toBe(200);
});

endedCredentialTests(stage);
