import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client, Json } from '../../support/app.ts';
import { type ExperimentStage, experimentStage, meanOf, must } from './experiment-stage.ts';

let stage: ExperimentStage;
let document: Json;
const clients = new Map<string, Client>();
const SCOPES = [
  ...['experiment:read', 'experiment:write', 'feature_flag:read', 'feature_flag:write'],
  ...['experiment_saved_metric:read', 'experiment_saved_metric:write', 'query:read', '*'],
];
beforeAll(async () => {
  stage = await experimentStage();
  document = (await stage.app.client().get('/api/schema')).body;
  for (const scope of SCOPES) {
    const { token } = await stage.owner.newToken([scope]);
    clients.set(scope, stage.app.bearer(token));
  }
});
afterAll(() => stage.close());

/** What people may send, as the API of the original says it. */
const EXPERIMENT = [
  ...['name', 'description', 'start_date', 'end_date', 'feature_flag_key', 'holdout_id'],
  ...['parameters', 'secondary_metrics', 'saved_metrics_ids', 'filters', 'archived', 'deleted'],
  ...['type', 'exposure_criteria', 'metrics', 'metrics_secondary', 'stats_config'],
  ...['scheduling_config', '_create_in_folder', 'conclusion', 'conclusion_comment'],
  ...['primary_metrics_ordered_uuids', 'secondary_metrics_ordered_uuids'],
  'exposure_preaggregation_enabled',
  ...['only_count_matured_users', 'running_time_calculation', 'update_feature_flag_params'],
  'allow_unknown_events',
];
const HOLDOUT = ['name', 'description', 'filters'];
const METRIC = ['name', 'description', 'query', 'tags'];
const PAGE = ['limit', 'offset'];

const R = 'experiment:read';
const W = 'experiment:write';
const MR = 'experiment_saved_metric:read';
const MW = 'experiment_saved_metric:write';
const NEW = { name: 'x', feature_flag_key: 'contract' };
const SERIES = { metric: meanOf('a'), fingerprint: 'x' };
const QUERY = { query: { kind: 'ExperimentExposureQuery', experiment_id: 1 } };
const FEW = { name: 'x', filters: [{ rollout_percentage: 5 }] };
const SAVED = { name: 'x', query: meanOf('a') };

type Row = readonly [string, string, string, number, (object | undefined)?, (readonly string[])?];
/** Method, path, the scope that it needs, its status; what is sent, and what may be. */
const table: readonly Row[] = [
  ['GET', 'experiment_holdouts', R, 200, undefined, PAGE],
  ['POST', 'experiment_holdouts', W, 201, FEW, HOLDOUT],
  ['GET', 'experiment_holdouts/{id}', R, 200],
  ['PATCH', 'experiment_holdouts/{id}', W, 200, {}, HOLDOUT],
  ['PUT', 'experiment_holdouts/{id}', W, 200, FEW, HOLDOUT],
  ['DELETE', 'experiment_holdouts/{id}', W, 204],
  ['GET', 'experiment_saved_metrics', MR, 200, undefined, PAGE],
  ['POST', 'experiment_saved_metrics', MW, 201, SAVED, METRIC],
  ['GET', 'experiment_saved_metrics/{id}', MR, 200],
  ['PATCH', 'experiment_saved_metrics/{id}', MW, 200, {}, METRIC],
  ['PUT', 'experiment_saved_metrics/{id}', MW, 200, SAVED, METRIC],
  ['DELETE', 'experiment_saved_metrics/{id}', MW, 204],
  ['GET', 'experiments', R, 200, undefined, PAGE],
  ['POST', 'experiments', W, 201, NEW, EXPERIMENT],
  ['GET', 'experiments/requires_flag_implementation', R, 200],
  ['GET', 'experiments/eligible_feature_flags', 'feature_flag:read', 200, undefined, PAGE],
  ['GET', 'experiments/stats', R, 200],
  ['GET', 'experiments/{id}', R, 200],
  ['PATCH', 'experiments/{id}', W, 200, {}, EXPERIMENT],
  ['DELETE', 'experiments/{id}', W, 405],
  ['POST', 'experiments/{id}/launch', W, 200],
  ['POST', 'experiments/{id}/pause', W, 200],
  ['POST', 'experiments/{id}/resume', W, 200],
  ['POST', 'experiments/{id}/create_exposure_cohort_for_experiment', W, 201],
  ['GET', 'experiments/{id}/timeseries_results?metric_uuid=x&fingerprint=x', R, 200],
  ['POST', 'experiments/{id}/recalculate_timeseries', W, 201, SERIES, ['metric', 'fingerprint']],
  ['POST', 'query', 'query:read', 200, QUERY, ['query']],
  ['POST', 'experiments/{id}/end', W, 200, {}, ['conclusion', 'conclusion_comment']],
  [
    ...(['POST', 'experiments/{id}/ship_variant', W, 200, { variant_key: 'test' }] as const),
    ['variant_key', 'conclusion', 'conclusion_comment', 'release_to_everyone'],
  ],
  ['POST', 'experiments/{id}/archive', W, 200],
  ['POST', 'experiments/{id}/unarchive', W, 200],
  ['POST', 'experiments/{id}/duplicate', W, 201, {}, ['feature_flag_key', 'name']],
  ['POST', 'experiments/{id}/reset', W, 200],
];

const rows = table.map(
  ([method, path, scope, status, body, members = []]) =>
    [method, path, scope, status, body, members] as const,
);

/** The first thing of a kind in the project, whose id is 1. */
const addressOf = (path: string): string => stage.at(path.replace('{id}', '1'));
const operationOf = (method: string, path: string): Json =>
  document.paths[`/api/projects/{project}/${path.split('?')[0]}`]?.[method.toLowerCase()];

describe('each route', () => {
  beforeAll(async () => {
    must(await stage.owner.post(stage.at('experiment_holdouts'), FEW));
    must(await stage.owner.post(stage.at('experiment_saved_metrics'), SAVED));
    await stage.create();
  });

  it.each(rows)('%s %s needs %s, and answers %i', async (method, path, scope, status, body) => {
    const [object, action] = scope.split(':');
    const enough = [scope, `${object}:write`, '*'];
    const refused = SCOPES.filter((each) => !enough.includes(each));
    for (const other of refused) {
      const answer = await clients.get(other)?.call(method, addressOf(path), body);
      expect([other, answer?.status, answer?.body.detail]).toEqual([
        other,
        403,
        `API key missing required scope '${scope}'`,
      ]);
    }
    const nobody = await stage.app.client().call(method, addressOf(path), body);
    const answer = await clients.get(scope)?.call(method, addressOf(path), body);

    expect(nobody).toMatchObject({ status: 401, body: { code: 'not_authenticated' } });
    expect([answer?.status, action]).toEqual([status, action]);
    expect(answer?.text === '').toBe(status === 204 || status === 405);
  });

  it.each(rows)('%s %s is in the document', (method, path, _, __, ___, members) => {
    const operation = operationOf(method, path);
    if (operation === undefined) {
      // What is refused whoever asks is no operation.
      expect([method, path]).toEqual(['DELETE', 'experiments/{id}']);
      return;
    }
    const sent = operation.requestBody?.content['application/json'].schema.properties ?? {};
    const asked = (operation.parameters ?? []).map(({ name }: Json) => name);

    expect(operation.summary).toEqual(expect.any(String));
    expect([...Object.keys(sent), ...asked]).toEqual(expect.arrayContaining([...members]));
  });

  it('GET of experiments answers what the document says', async () => {
    const { results } = await stage.get('experiments');
    const { schema } = operationOf('GET', 'experiments/{id}').responses['200'].content[
      'application/json'
    ];

    expect(Object.keys(results[0]).sort()).toEqual(Object.keys(schema.properties).sort());
  });
});
