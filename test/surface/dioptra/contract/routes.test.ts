/** Every route of Dioptra 1.2.2, as its own server declares it, against our table and answers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { signIn } from '#entry/authenticate.ts';
import type { Route } from '#http/route.ts';
import { dioptraRoutes } from '#surfaces/dioptra/parts.ts';
import { type Json, testApp } from '../../../support/app.ts';
import { dioptraFixtures } from '../../common/dioptra-fixtures.ts';
import { callerOf, callOf, type Stage, send } from '../../common/stage.ts';
import { newWorld } from '../../common/world.ts';
import contract from './routes.json' with { type: 'json' };
import { type Shape, type Shapes, shapeProblems } from './shape.ts';

interface ContractRow {
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
  readonly query?: readonly string[];
  readonly body?: { readonly [field: string]: string };
  readonly encoding?: string;
  readonly response?: Shape;
}

const rows = contract.rows as unknown as readonly ContractRow[];
const shapes = contract.shapes as Shapes;

/** Parameters may have other names. */
const address = (method: string, path: string): string =>
  `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;

const ours = new Map(
  (await dioptraRoutes(signIn)).map((route) => [address(route.method, route.path), route]),
);

function routeOf(row: ContractRow): Route {
  const route = ours.get(address(row.method, row.path));
  if (route === undefined) throw new Error('There is no such route.');
  return route;
}

const stage = { matrix: { base: '/api/v1' } } as unknown as Stage;
beforeAll(async () => {
  stage.app = testApp();
  stage.mine = await newWorld(stage.app);
});
afterAll(() => stage.app.close());

const inputSchema = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });

/** `swaps[{name}]` stands for as many names as one likes. */
const SWAP = 'swaps[{name}]';

it('lists all 239 routes', () => {
  expect(rows).toHaveLength(239);
});

describe.each(rows)('$method $path', (row) => {
  it('takes the fields of its query and body, and asks for what is required', () => {
    const { query, body } = routeOf(row);
    if (row.query !== undefined) {
      const known = Object.keys(inputSchema(query ?? z.object({})).properties ?? {});
      const missing = row.query.filter((name) => name !== SWAP && !known.includes(name));
      expect(missing).toEqual([]);
    }
    if (row.body === undefined || row.encoding !== undefined) return;
    const schema = inputSchema(body ?? z.object({}));
    const names = Object.keys(row.body);
    const known = Object.keys(schema.properties ?? {});
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    const required = names.filter((name) => row.body?.[name] === 'required');
    expect(schema.required ?? []).toEqual(expect.arrayContaining(required));
  });

  it('answers a valid call with a status and a shape of the original', async () => {
    const route = routeOf(row);
    const fixture = dioptraFixtures[route.operationId] ?? {};
    const known = { ...route, fixture };
    const answer = await send(await callerOf(stage, known), await callOf(stage, known));

    expect([answer.status, answer.text]).toEqual([fixture.status ?? 200, answer.text]);
    // Downloads may be sent on to the store.
    expect([...row.statuses, 302]).toContain(answer.status);
    if (answer.status !== 200 || row.response === undefined) return;
    expect(shapeProblems(row.response, answer.body, shapes)).toEqual([]);
  });
});
