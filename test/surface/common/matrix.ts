import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../../support/app.ts';
import { credentialTests, endedCredentialTests, scopeTests } from './credentials.ts';
import { inputTests, referenceTests } from './inputs.ts';
import { nestedTests, roleTests } from './roles.ts';
import {
  callerOf,
  callOf,
  expectError,
  type Matrix,
  type Row,
  type Stage,
  send,
  withoutIds,
} from './stage.ts';
import { tenantTests } from './tenants.ts';
import { besideWorld, newWorld } from './world.ts';

function answerTests(stage: Stage, row: Row): void {
  it('answers a valid call as it declares, never to be cached', async () => {
    const { fixture, response } = row;
    const answer = await send(await callerOf(stage, row), await callOf(stage, row));

    const wanted = fixture.status ?? 200;
    expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
    // Whoever has the document may keep it, and asks whether it is still the same.
    const kept = row.operationId === 'getOpenApiDocument' ? 'no-cache' : 'no-store';
    expect(answer.headers.get('cache-control')).toBe(kept);
    if (answer.status !== 200 || response === undefined) return;
    // What the schema does not name, parsing would drop.
    expect(response.parse(answer.body)).toEqual(answer.body);
  });

  it('takes the address with a slash at its end, and no other method', async () => {
    const { path } = await callOf(stage, row);
    const anyone = stage.app.client();
    const slash = await anyone.call(row.method, `${path}/`, {});
    const plain = await anyone.call(row.method, path, {});
    const other = await stage.mine.owner.call('PATCH', path, {});

    expect(withoutIds(slash.text, [`${path}/`])).toBe(withoutIds(plain.text, [path]));
    expect(slash.status).toBe(plain.status);
    expectError(stage, other, 405);
    expect(other.headers.get('allow')?.split(', ')).toContain(row.method);
  });
}

/**
 * The tests that every route of a dialect must pass, made from its table. A route without a
 * fixture fails them.
 */
export function commonTests(matrix: Matrix): void {
  const { routes, fixtures } = matrix;
  const rows = routes.map((row) => ({ ...row, fixture: fixtures[row.operationId] ?? {} }));
  const stage = { matrix, rows } as unknown as Stage;

  beforeAll(async () => {
    stage.app = testApp();
    stage.mine = await newWorld(stage.app);
    stage.beside = await besideWorld(stage.mine);
    stage.theirs = await newWorld(stage.app);
  });
  afterAll(async () => {
    expect(stage.app.errors).toEqual([]);
    await stage.app.close();
  });

  it('has a fixture for every route, and a route for every fixture', () => {
    expect(Object.keys(fixtures).sort()).toEqual(routes.map((row) => row.operationId).sort());
  });

  describe.each(rows)('$method $path', (row) => {
    answerTests(stage, row);
    credentialTests(stage, row);
    scopeTests(stage, row);
    tenantTests(stage, row);
    roleTests(stage, row);
    nestedTests(stage, row);
    inputTests(stage, row);
    referenceTests(stage, row);
  });

  endedCredentialTests(stage);
}
