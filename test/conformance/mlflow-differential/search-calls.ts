/** Searches of runs, and what they find runs by. */
import fc from 'fast-check';
import { type Call, symbol } from './call.ts';
import { both, get, post } from './tracking-calls.ts';
import * as v from './values.ts';

const NUMBERS = ['=', '!=', '>', '>=', '<', '<='] as const;
const TEXTS = ['=', '!=', 'LIKE', 'ILIKE', 'like'] as const;

const words = (...parts: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(' '));

const metricTerm = words(
  v.oneOf('metrics.a', 'metric.loss', 'metrics.`a/b`', 'metrics."a b"', 'metrics.b'),
  v.oneOf(...NUMBERS),
  v.oneOf('0', '1', '-1.5', '0.1', '1e300', '.5'),
);
const textTerm = words(
  v.oneOf('params.a', 'param.b', 'tags.a', 'tag.`a b`', 'tags."a/b"', 'parameters.loss'),
  v.oneOf(...TEXTS),
  v.oneOf("'x'", '"y"', "'%'", "'X%'", "'two words'", "''", "'ü'", "'_'"),
);
const nullTerm = words(
  v.oneOf('params.a', 'tags.b', 'tags.`a b`'),
  v.oneOf('IS NULL', 'IS NOT NULL', 'is null'),
);
const attributeTerm = fc.oneof(
  words(
    v.oneOf('status', 'attributes.status'),
    v.oneOf('=', '!='),
    v.oneOf("'RUNNING'", "'FAILED'"),
  ),
  words(v.oneOf('run_name', 'attributes.`run name`'), v.oneOf(...TEXTS), v.oneOf("'r1'", "'R%'")),
  words(
    v.oneOf('start_time', 'attribute.end_time'),
    v.oneOf(...NUMBERS),
    v.oneOf('1000', '500000000'),
  ),
  words(v.oneOf('user_id', 'attributes.user_id'), v.oneOf(...TEXTS), v.oneOf("'ada'", "''")),
  words(
    v.oneOf('run_id'),
    v.oneOf('IN', 'NOT IN'),
    v.oneOf(`('${symbol('run', 0)}', '${symbol('run', 2)}')`),
  ),
  words(v.oneOf('attributes.run_id'), v.oneOf('=', '!='), v.oneOf(`'${symbol('run', 1)}'`)),
);
const badTerm = v.oneOf(
  "metrics.a = 'x'",
  'metrics.a LIKE 1',
  "params.a > 'x'",
  'params.a = 5',
  'tags.a = x',
  "status > 'x'",
  "what.a = 'x'",
  "unknown = 'x'",
  'metrics.a',
  "start_time = 'x'",
  "params.a IN ('x')",
  "tags.a = 'x' OR tags.b = 'y'",
);

const filter = v.mostly(
  fc
    .array(fc.oneof(metricTerm, textTerm, nullTerm, attributeTerm), { maxLength: 3 })
    .map((terms) => terms.join(' AND ')),
  badTerm,
);

const order = v.mostly(
  v.oneOf(
    [],
    ['metrics.a'],
    ['metrics.a DESC'],
    ['metric.loss ASC', 'params.a'],
    ['params.a DESC'],
    ['tags.a', 'start_time'],
    ['attributes.status', 'metrics.b DESC'],
    ['start_time ASC'],
    ['end_time DESC'],
    ['run_name'],
    ['tags.`a b` DESC'],
  ),
  v.oneOf(['what'], ['metrics.a UP'], ['what.a'], ['']),
);

const scope = v.mostly(
  fc
    .array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 3 })
    .map((list) => [...new Set(list)].map((n) => symbol('experiment', n))),
  v.oneOf([], ['987654321'], ['']),
);

const search = post(
  'runs/search',
  both(
    fc.record({ experiment_ids: scope, filter, order_by: order }),
    v.some({ run_view_type: v.viewType, max_results: v.pageSize }),
  ),
);

const dataset = v.required({
  name: v.oneOf('train', 'test', '', 'n'.repeat(501)),
  digest: v.oneOf('d1', 'd2', 'd'.repeat(37)),
  source_type: v.oneOf('local', ''),
  source: v.oneOf('{}', ''),
});
const datasetInput = both(
  v.required({ dataset }),
  v.some({ tags: fc.constant([{ key: 'mlflow.data.context', value: 'training' }]) }),
);

export const searchCalls: readonly fc.Arbitrary<Call>[] = [
  search,
  search,
  search,
  post(
    'runs/log-inputs',
    both(
      v.required({ run_id: v.run }),
      v.some({ datasets: fc.array(datasetInput, { maxLength: 2 }) }),
    ),
  ),
  get(
    'metrics/get-history-bulk-interval',
    both(
      v.required({
        run_ids: fc.array(v.made('run'), { minLength: 1, maxLength: 1 }),
        metric_key: v.oneOf('a', 'loss'),
      }),
      v.some({
        max_results: v.mostly(v.oneOf(100, 2_500), v.oneOf(0, 2_501)),
        start_step: v.oneOf(0, 2),
        end_step: v.oneOf(1, 5),
      }),
    ),
  ),
];
