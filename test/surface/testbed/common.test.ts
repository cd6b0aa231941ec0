import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testbedRoutes } from '#surfaces/testbed/parts.ts';
import { type Json, testApp } from '../../support/app.ts';
import { credentialTests, endedCredentialTests, scopeTests } from '../common/credentials.ts';
import { addressOf, type Ids } from '../common/fixture.ts';
import { callerOf, callOf, type Matrix, type Row, type Stage, send } from '../common/stage.ts';
import { testbedFixtures as fixtures } from '../common/testbed-fixtures.ts';
import { newWorld, type World } from '../common/world.ts';

// What comes from the schemas of forms is tested beside this file; here is what must hold for every
// route of every dialect.

const routes = await testbedRoutes();
const rows: readonly Row[] = routes.map((row) => ({
  ...row,
  fixture: fixtures[row.operationId] ?? {},
}));
const isError: Matrix['isError'] = (body: Json) =>
  Object.keys(body).join() === 'message' && typeof body.message === 'string';
const matrix: Matrix = { base: '/api', routes, fixtures, isError };
const stage = { matrix, rows } as unknown as Stage;

beforeAll(async () => {
  stage.app = testApp({ registration: 'open' });
  stage.mine = await newWorld(stage.app);
  stage.beside = stage.mine;
  stage.theirs = await newWorld(stage.app);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

/** Ids and names that nobody has. */
const missing: Ids = {
  experimentId: 987_654_321,
  queueId: 987_654_321,
  userId: 987_654_321,
  jobId: '00000000-0000-4000-8000-000000000000',
};

it('has a fixture for every route, and a route for every fixture', () => {
  expect(Object.keys(fixtures).sort()).toEqual(routes.map((row) => row.operationId).sort());
});

/** The address in the group of another world. */
const addressIn = (world: World, row: Row, ids: Ids): string =>
  `${addressOf(matrix.base, row, ids)}?group=${world.group.id}`;

describe.each(rows)('$method $path', (row) => {
  it('answers a valid call as it declares, never to be cached', async () => {
    const answer = await send(await callerOf(stage, row), await callOf(stage, row));

    const wanted = row.fixture.status ?? 200;
    expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
    if (row.access.kind !== 'public') {
      expect(answer.headers.get('cache-control')).toContain('no-store');
    }
    if (answer.status !== 200 || row.response === undefined) return;
    if (row.operationId === 'getOpenApiDocument') return;
    expect(row.response.parse(answer.body)).toEqual(answer.body);
  });

  credentialTests(stage, row);
  scopeTests(stage, row);

  const isOfGroup = row.fixture.own !== true && row.access.kind === 'scoped';
  if (isOfGroup && row.path.includes('{') && !row.path.includes('builtins')) {
    it('shows other groups the bytes of a missing thing', async () => {
      const { mine, theirs } = stage;
      const ids = (await row.fixture.params?.(mine)) ?? {};
      const body = await row.fixture.body?.(theirs);
      const none = Object.fromEntries(
        Object.keys(ids).map((name) => [name, missing[name] ?? 'no_such_thing']),
      );

      const foreign = await theirs.owner.call(row.method, addressIn(theirs, row, ids), body);
      const absent = await theirs.owner.call(row.method, addressIn(theirs, row, none), body);

      expect(foreign.status).toBe(absent.status);
      expect(foreign.text).toBe(absent.text);
      const deletesNothing = row.method === 'DELETE' && foreign.status === 200;
      if (!deletesNothing) expect(foreign.status).toBe(404);
      else expect(foreign.text).toMatch(/\[\]/);
    });
  }

  if (isOfGroup && row.access.kind === 'scoped' && row.access.action === 'write') {
    it('is not for members who may only read', async () => {
      const answer = await send(stage.mine.reader, await callOf(stage, row));

      expect([answer.status, answer.text]).toEqual([
        403,
        expect.stringMatching(/^\{"message":"Forbidden - /),
      ]);
    });
  }
});

endedCredentialTests(stage);
