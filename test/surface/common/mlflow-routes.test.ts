import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '#http/dialect.ts';
import { mlflowDialect, mlflowRoutes } from '#surfaces/mlflow/dialect.ts';
import { mlflowDocumented } from '#surfaces/mlflow/index.ts';
import { oracleDialect, oracleRoutes } from '#surfaces/oracle/dialect.ts';
import { type Json, type TestApp, testApp } from '../../support/app.ts';
import { PLATFORM } from '../oracle/support.ts';
import { credentialTests, endedCredentialTests, scopeTests } from './credentials.ts';
import { type Call, type Fixtures, type Ids, validCall } from './fixture.ts';
import { mlflowFixtures as fixtures, modelOf, newVersion } from './mlflow-fixtures.ts';
import { runOf } from './mlflow-trace-fixtures.ts';
import { callerOf, callOf, type Matrix, type Row, type Stage, send } from './stage.ts';
import { newWorld, type World } from './world.ts';

// Its routes read their arguments themselves, so what comes from their schemas is tested in
// ../mlflow; here is what must hold for every route of every dialect.

// Every path is there twice; addresses that are none are open to all.
const plainId = ({ operationId }: Pick<Row, 'operationId'>): string =>
  operationId.replace(/Ajax$/, '');

interface Place {
  readonly dialect: Dialect;
  /** Values of the path beside those of the fixtures, in a world. */
  readonly within: (world: Pick<World, 'group'>) => Ids;
  readonly isError: Matrix['isError'];
  /** What it has beside the rows that have fixtures. */
  readonly own?: Fixtures;
}
const isMlflowError = (body: Json): boolean =>
  typeof body.error_code === 'string' && typeof body.message === 'string';

/** The same rows stand at two places. */
const places: readonly (readonly [string, Place])[] = [
  [
    'MLflow',
    { dialect: mlflowDialect(await mlflowRoutes()), within: () => ({}), isError: isMlflowError },
  ],
  [
    'Oracle',
    {
      dialect: oracleDialect(await oracleRoutes()),
      within: ({ group }) => ({ aiDataPlatformId: PLATFORM, workspaceKey: group.id }),
      isError: (body) => isMlflowError(body) && typeof body.code === 'string',
      own: { getHealth: {}, getDocument: {} },
    },
  ],
];

/** What the rows answer with, as their document says. */
const declared = new Map(
  (await mlflowDocumented()).map(({ operationId, response }) => [operationId, response]),
);

const app: TestApp = testApp();
let mine: World;
let theirs: World;

/** The rows of a place with their fixtures, on the worlds that all places share. */
function stageOf({ dialect, within, isError, own = {} }: Place): Stage {
  const known = dialect.routes.filter(({ operationId }) => !operationId.startsWith('unknown'));
  const rows = known.map((row) => {
    const fixture = { ...fixtures, ...own }[plainId(row)] ?? {};
    const params = async (world: World) => ({
      ...(await fixture.params?.(world)),
      ...within(world),
    });
    return { ...row, fixture: { ...fixture, params } };
  });
  const matrix: Matrix = { base: '', routes: known, fixtures, isError };
  return {
    matrix,
    rows,
    app,
    get mine() {
      return mine;
    },
    get theirs() {
      return theirs;
    },
    get beside() {
      return mine;
    },
  };
}

beforeAll(async () => {
  mine = await newWorld(app);
  theirs = await newWorld(app);
  for (const world of [mine, theirs]) await newVersion(world, modelOf(world));
});
afterAll(async () => {
  expect(app.errors).toEqual([]);
  await app.close();
});

const TRACE = /tr-[0-9a-f]{32}/g;
const MISSING_TRACE = `tr-${'e'.repeat(32)}`;

/** The call with the ids of what does not exist in the place of those of `world`. */
function ofMissing(call: Call, world: World): Call {
  const gone = 'f'.repeat(32);
  const text = (value: string) =>
    value
      .replaceAll(TRACE, MISSING_TRACE)
      .replaceAll(runOf(world), gone)
      .replaceAll(/m-[0-9a-f]{32}/g, `m-${gone}`)
      .replaceAll(
        new RegExp(`(experiment_id=|artifacts/|path=)${world.experiment}\\b`, 'g'),
        '$1987654321',
      )
      .replaceAll(/(name=)(?:thing|model)_\d+/g, '$1no_model');
  const body = JSON.stringify(call.body ?? null)
    .replaceAll(TRACE, MISSING_TRACE)
    .replaceAll(runOf(world), gone)
    .replaceAll(`"experiment_id":"${world.experiment}"`, '"experiment_id":"987654321"')
    .replaceAll(/("name":")(?:thing|model)_\d+/g, '$1no_model');
  return {
    ...call,
    path: text(call.path),
    body: call.body === undefined ? undefined : JSON.parse(body),
  };
}

const withoutIds = (text: string, world: World): string =>
  text
    .replaceAll(TRACE, '<trace>')
    .replaceAll(runOf(world), '<run>')
    .replaceAll(/m-[0-9a-f]{32}/g, '<model>')
    .replaceAll('f'.repeat(32), '<run>')
    .replaceAll(/name=(?:thing_\d+|model_\d+|no_model)/g, 'name=<model>')
    .replaceAll(new RegExp(`\\b(${world.experiment}|987654321)\\b`, 'g'), '<experiment>');

describe.each(places)('%s', (_, place) => {
  const stage = stageOf(place);

  it('has a fixture for every route, and a route for every fixture', () => {
    const names = Object.keys({ ...fixtures, ...place.own }).sort();
    expect(names).toEqual([...new Set(stage.rows.map(plainId))].sort());
  });

  describe.each(stage.rows)('$method $path', (row) => {
    it('answers a valid call as its document says', async () => {
      const answer = await send(await callerOf(stage, row), await callOf(stage, row));

      const wanted = row.fixture.status ?? 200;
      expect([answer.status, answer.status === wanted ? '' : answer.text]).toEqual([wanted, '']);
      if (answer.status === 200) declared.get(plainId(row))?.parse(answer.body);
      if (row.access.kind === 'public') return;
      expect(answer.headers.get('cache-control')).toContain('no-store');
    });

    credentialTests(stage, row);
    scopeTests(stage, row);

    if (row.fixture.own !== true && row.access.kind === 'scoped') {
      it('shows other groups the bytes of a missing thing', async () => {
        const call = await validCall('', row, row.fixture, mine);
        const params = async (world: World) => ({
          ...(await row.fixture.params?.(world)),
          ...place.within(theirs),
        });
        const inOwn = await validCall('', row, { ...row.fixture, params }, mine);
        for (const each of [call, inOwn]) {
          const foreign = await send(theirs.owner, each);
          const missing = await send(theirs.owner, ofMissing(each, mine));

          expect(foreign.status).toBe(404);
          expect(withoutIds(foreign.text, mine)).toBe(withoutIds(missing.text, mine));
        }
      });

      if (row.access.action === 'write') {
        it('is not for members who may only read', async () => {
          const answer = await send(mine.reader, await callOf(stage, row));

          expect([answer.status, answer.body.error_code]).toEqual([403, 'PERMISSION_DENIED']);
        });
      }
    }
  });

  endedCredentialTests(stage);
});
