/** Calls about experiments and runs. */
import fc from 'fast-check';
import { type Call, PREFIX, symbol } from './call.ts';
import * as v from './values.ts';

type Args = Call['args'];
type Calls = fc.Arbitrary<Call>;

export const post = (path: string, args: fc.Arbitrary<Args>, makes?: Call['makes']): Calls =>
  args.map((own) => ({
    method: 'POST',
    path: `2.0/mlflow/${path}`,
    args: own,
    ...(makes === undefined ? {} : { makes }),
  }));
export const get = (path: string, args: fc.Arbitrary<Args>): Calls =>
  args.map((own) => ({ method: 'GET', path: `2.0/mlflow/${path}`, args: own }));

/** Parts of one record beside those of another. */
export const both = (a: fc.Arbitrary<Args>, b: fc.Arbitrary<Args>): fc.Arbitrary<Args> =>
  fc.tuple(a, b).map(([one, other]) => ({ ...one, ...other }));

const experimentTag = v.required({ experiment_id: v.experiment, key: v.key, value: v.text });

const experimentFilter = v
  .mostly(
    v.oneOf(
      '',
      `name != '${PREFIX} one'`,
      `name ILIKE '%ONE'`,
      `name LIKE '%e%'`,
      "tags.a = 'x'",
      "tags.`a b` != 'x'",
      "tags.a LIKE '%'",
      'tags.a IS NULL',
      'tags.b IS NOT NULL',
      `experiment_id = '${symbol('experiment', 1)}'`,
      `experiment_id IN ('${symbol('experiment', 0)}', '${symbol('experiment', 2)}')`,
      'creation_time > 0',
      'last_update_time < 0',
    ),
    v.oneOf('name > 1', 'what = 1', 'name =', "tags.a > 'x'", "name = 'a' OR name = 'b'", 'name'),
  )
  .map((filter) => `name LIKE '${PREFIX}%'${filter === '' ? '' : ` AND ${filter}`}`);

const experimentOrder = v.mostly(
  v.oneOf(['name'], ['name DESC'], ['experiment_id'], ['experiment_id DESC', 'name']),
  v.oneOf(['what'], ['name UP'], ['tags.a']),
);

const experimentSearch = fc
  .tuple(
    fc.record({ filter: experimentFilter, order_by: experimentOrder }),
    v.some({ view_type: v.viewType, max_results: v.pageSize }),
    v.mostly(fc.constant(undefined), v.token),
  )
  .map(([args, more, page]) => ({
    max_results: 100,
    ...args,
    ...more,
    ...(page === undefined ? {} : { page_token: page }),
  }));

export const experimentCalls: readonly Calls[] = [
  post('experiments/create', both(v.required({ name: v.name }), v.some({ tags: v.tags })), {
    kind: 'experiment',
    at: ['experiment_id'],
  }),
  get('experiments/get', v.required({ experiment_id: v.experiment })),
  get('experiments/get-by-name', v.required({ experiment_name: v.name })),
  post('experiments/update', v.required({ experiment_id: v.experiment, new_name: v.name })),
  post('experiments/delete', v.required({ experiment_id: v.experiment })),
  post('experiments/restore', v.required({ experiment_id: v.experiment })),
  post('experiments/set-experiment-tag', experimentTag),
  post(
    'experiments/delete-experiment-tag',
    v.required({ experiment_id: v.experiment, key: v.key }),
  ),
  post('experiments/search', experimentSearch),
  post('experiments/search', experimentSearch),
];

const runTime = fc.integer({ min: 1, max: 1_000_000_000 });
const status = v.mostly(
  v.oneOf('RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'SCHEDULED', 3),
  v.oneOf('DONE', '', 9, true),
);
const metric = v.required({ key: v.key, value: v.double, timestamp: v.time, step: v.int64 });
const param = v.required({ key: v.key, value: v.text });

export const newRun = post(
  'runs/create',
  both(
    // No two start at the same time: their order would be that of their ids.
    v.required({ experiment_id: v.experiment, start_time: runTime, user_id: v.oneOf('', 'ada') }),
    // Nor is one of a random name, by which runs can be ordered.
    fc.record({ run_name: v.oneOf('r1', 'R2', 'it is'), tags: v.newTags }),
  ),
  { kind: 'run', at: ['run', 'info', 'run_id'] },
);

/** All but deletion and its opposite. */
export const lastingRunCalls: readonly Calls[] = [
  newRun,
  get('runs/get', v.required({ run_id: v.run })),
  get('runs/get', v.required({ run_uuid: v.run })),
  post(
    'runs/update',
    both(
      v.required({ run_id: v.run }),
      v.some({ status, end_time: runTime, run_name: v.oneOf('r1', 'new', '') }),
    ),
  ),
  post('runs/log-metric', both(v.required({ run_id: v.run }), metric)),
  post('runs/log-parameter', both(v.required({ run_id: v.run }), param)),
  post('runs/set-tag', v.required({ run_id: v.run, key: v.key, value: v.text })),
  post('runs/delete-tag', v.required({ run_id: v.run, key: v.key })),
  post(
    'runs/log-batch',
    both(
      v.required({ run_id: v.run }),
      v.some({
        metrics: fc.array(metric, { maxLength: 4 }),
        params: fc.array(param, { maxLength: 3 }),
        tags: v.tags,
      }),
    ),
  ),
  get(
    'metrics/get-history',
    both(
      v.required({ run_id: v.run, metric_key: v.oneOf('a', 'b', 'loss') }),
      v.some({ max_results: v.pageSize }),
    ),
  ),
];

export const runCalls: readonly Calls[] = [
  ...lastingRunCalls,
  post('runs/delete', v.required({ run_id: v.run })),
  post('runs/restore', v.required({ run_id: v.run })),
];
