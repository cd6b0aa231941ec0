/** Schemas bound how deep a body may be nested, and name what is too deep: none is refused as a whole. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '#entry/authenticate.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';
import { type Json, testApp } from '../../support/app.ts';
import { dioptraFixtures } from '../common/dioptra-fixtures.ts';
import { callerOf, callOf, type Row, type Stage } from '../common/stage.ts';
import { newWorld } from '../common/world.ts';

const stage = { matrix: { base: '/api/v1' } } as unknown as Stage;
beforeAll(async () => {
  stage.app = testApp();
  stage.mine = await newWorld(stage.app);
});
afterAll(async () => {
  expect(stage.app.errors).toEqual([]);
  await stage.app.close();
});

const rows: readonly Row[] = (await dioptraRoutes(signIn)).flatMap((route) => {
  const fixture = dioptraFixtures[route.operationId] ?? {};
  const isJson = route.body !== undefined && route.form === undefined;
  return isJson && fixture.body !== undefined ? [{ ...route, fixture }] : [];
});

const lists = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const DEEP = [
  lists(50_000),
  objects(50_000),
  `[${objects(50_000)}]`,
  `{"a":{"name":"x","value":${lists(50_000)}}}`,
];

const membersOf = ({ body }: Row): readonly string[] =>
  body !== undefined && 'shape' in body ? Object.keys(body.shape as object) : [];

/** The body with such a member, whatever it has now. */
function textWith(body: Json, name: string, value: string): string {
  const rest = JSON.stringify({ ...body, [name]: undefined }).slice(1);
  return `{${JSON.stringify(name)}:${value}${rest === '}' ? '' : ','}${rest}`;
}

it('every kind of body is looked at', () => {
  expect(rows.length).toBeGreaterThan(80);
  expect(rows.filter((row) => membersOf(row).length > 0).length).toBeGreaterThan(70);
});

describe.each(rows)('$method $path', (row) => {
  it('fails nowhere for a member that is nested without end', async () => {
    for (const name of [...membersOf(row), 'unknown']) {
      for (const value of DEEP) {
        const { path, body } = await callOf(stage, row);
        const caller = await callerOf(stage, row);
        const answer = await caller.call(row.method, path, textWith(body, name, value));

        const shown = `${name} ${value.slice(0, 12)} ${answer.status} ${answer.text.slice(0, 80)}`;
        expect(answer.status, shown).toBeGreaterThanOrEqual(400);
        expect(answer.status, shown).toBeLessThan(500);
        expect(answer.text.length).toBeLessThan(4_000);
      }
    }
  });
});
