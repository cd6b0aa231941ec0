/** The examples of the published documents are sent, and their answers held against the same documents. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, type TestApp, type TestUser, testApp } from '../support/app.ts';
import { dioptraFixtures } from './common/dioptra-fixtures.ts';
import { filled } from './common/example-call.ts';
import type { Fixture, Fixtures, Ids } from './common/fixture.ts';
import { mlflowFixtures, modelOf, newVersion } from './common/mlflow-fixtures.ts';
import { posthogFixtures } from './common/posthog-fixtures.ts';
import { testbedFixtures } from './common/testbed-fixtures.ts';
import { newWorld, type World } from './common/world.ts';
import { PLATFORM } from './oracle/support.ts';

interface Place {
  readonly title: string;
  readonly path: string;
  readonly fixtures: Fixtures;
  /** What stands before the paths of the document. */
  readonly base: (world: World) => string;
  /** Fewer would mean that the test has lost sight of them. */
  readonly fewest: number;
}

const places: readonly Place[] = [
  {
    title: 'Dioptra',
    path: '/api/v1/openapi.json',
    fixtures: dioptraFixtures,
    base: () => '/api/v1',
    fewest: 95,
  },
  {
    title: 'Testbed',
    path: '/api/openapi.json',
    fixtures: testbedFixtures,
    base: () => '/api',
    fewest: 9,
  },
  {
    title: 'MLflow',
    path: '/api/2.0/mlflow/openapi.json',
    fixtures: mlflowFixtures,
    base: () => '',
    fewest: 65,
  },
  {
    title: 'PostHog',
    path: '/api/schema',
    fixtures: posthogFixtures,
    base: () => '',
    fewest: 24,
  },
  {
    title: 'Oracle',
    path: '/20260430/openapi.json',
    fixtures: mlflowFixtures,
    base: ({ group }) => `/20260430/aiDataPlatforms/${PLATFORM}/workspaces/${group.id}/mlops`,
    fewest: 65,
  },
];

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly example: Json;
  readonly answers: Json;
}

function operationsOf({ paths }: Json): readonly Operation[] {
  return Object.entries<Json>(paths).flatMap(([path, item]) =>
    Object.entries<Json>(item).flatMap(([method, { operationId, requestBody, responses }]) => {
      const body = requestBody?.content['application/json'];
      return body === undefined
        ? []
        : [{ operationId, method, path, example: body.example, answers: responses }];
    }),
  );
}

const app: TestApp = testApp();
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const documents = new Map(
  await Promise.all(
    places.map(async ({ path }) => [path, (await app.client().get(path)).body] as const),
  ),
);

const addressOf = (path: string, ids: Ids): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(ids[name]));

/** Owns the group `public`, since it is the first, and so is the administrator. */
let first: TestUser;

/** The fixture of this one is refused, so that whoever calls it is still there. */
const leave: Fixture = {
  as: async ({ reader }) => reader,
  body: ({ reader }) => ({ password: reader.password }),
};

/** Sends the example in a world of its own, as whoever may. */
async function send(place: Place, { operationId, method, path, example }: Operation) {
  const world = await newWorld(app);
  if (place.fixtures === mlflowFixtures) await newVersion(world, modelOf(world));
  const isLeave = operationId === 'deleteCurrentUser';
  const fixture = isLeave ? leave : (place.fixtures[operationId] ?? {});
  const other = fixture.administrators === true ? first : await fixture.as?.(world);
  const caller = other ?? world.owner;
  const params = (await fixture.params?.(world)) ?? {};
  const body = filled(operationId, example, await fixture.body?.(world));
  const query = fixture.query === undefined ? '' : `?${await fixture.query(world)}`;
  const address = place.base(world) + addressOf(path, params) + query;
  return caller.call(method.toUpperCase(), address, body);
}

beforeAll(async () => {
  first = await app.newUser('first');
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

describe.each(places)('the examples of $title', (place) => {
  const operations = operationsOf(documents.get(place.path));

  it('are there for every call with a JSON body', () => {
    const without = operations.filter(({ example }) => example === undefined);

    expect(without.map(({ operationId }) => operationId)).toEqual([]);
    expect(operations.length).toBeGreaterThanOrEqual(place.fewest);
  });

  it.concurrent.each(operations)('work: $operationId', async (operation) => {
    const answer = await send(place, operation);
    const wanted = '201' in operation.answers ? 201 : 200;
    const matches: ValidateFunction = ajv.compile(
      operation.answers[wanted].content['application/json'].schema,
    );

    expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
    expect([matches(answer.body), matches.errors]).toEqual([true, null]);
  });
});
