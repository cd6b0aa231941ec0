/** Calls about registered models and their versions. */
import fc from 'fast-check';
import { type Call, PREFIX, symbol } from './call.ts';
import { both, get, post } from './tracking-calls.ts';
import * as v from './values.ts';

type Args = Call['args'];

const send = (
  method: 'PATCH' | 'DELETE',
  path: string,
  args: fc.Arbitrary<Args>,
): fc.Arbitrary<Call> => args.map((own) => ({ method, path: `2.0/mlflow/${path}`, args: own }));

const model = v.mostly(
  v.oneOf('m1', 'm2', 'M3 %').map((end) => `${PREFIX} ${end}`),
  v.oneOf('', `${PREFIX}/x`, `${PREFIX}:x`, `${PREFIX} none`),
);
const version = v.mostly(v.oneOf('1', '2', '3'), v.oneOf('', '0', '99', 'x', '-1', '1.5', 1));
const alias = v.mostly(
  v.oneOf('best', 'A-1_b'),
  v.oneOf('', 'latest', 'v1', 'V2', 'a b', 'a'.repeat(256)),
);
const one = { name: model, version };
const described = v.some({ description: v.text });
const source = v.mostly(
  v.oneOf(`runs:/${symbol('run', 0)}/model`, 's3://bucket/model', `runs:/${symbol('run', 1)}/m`),
  v.oneOf('', '/etc/passwd', 'file:///etc/passwd', '../x', `runs:/${symbol('run', 2)}/m`),
);

const modelFilter = v
  .mostly(
    v.oneOf(
      '',
      `name != '${PREFIX} m1'`,
      "name ILIKE '%M1'",
      "name LIKE '%m%'",
      "tags.a = 'x'",
      "tags.`a b` != 'x'",
      "tags.a LIKE '%'",
      "tags.a ILIKE 'X%'",
    ),
    v.oneOf('name > 1', "what = 'x'", "tags.a > 'x'", 'name', "name = 'a' OR name = 'b'"),
  )
  .map((filter) => `name LIKE '${PREFIX}%'${filter === '' ? '' : ` AND ${filter}`}`);

const versionFilter = v
  .mostly(
    v.oneOf(
      '',
      `name = '${PREFIX} m1'`,
      "name ILIKE '%M1'",
      'version_number = 1',
      'version_number >= 2',
      `run_id = '${symbol('run', 0)}'`,
      `run_id IN ('${symbol('run', 0)}', '${symbol('run', 1)}')`,
      "source_path LIKE 's3%'",
      "tags.a = 'x'",
    ),
    v.oneOf('version_number LIKE 1', "what = 'x'", "name > 'x'", 'name'),
  )
  .map((filter) => `name LIKE '${PREFIX}%'${filter === '' ? '' : ` AND ${filter}`}`);

const modelOrder = v.mostly(v.oneOf(['name'], ['name DESC']), v.oneOf(['what'], ['name UP']));
const versionOrder = v.mostly(
  v.oneOf(['name'], ['name DESC', 'version_number'], ['version_number DESC', 'name']),
  v.oneOf(['what'], ['name UP']),
);
const size = v.mostly(v.oneOf(1, 2, 100), v.oneOf(0, -1, 200_001, 'x'));

export const newModel = post(
  'registered-models/create',
  both(v.required({ name: model }), both(described, v.some({ tags: v.tags }))),
);

export const registryCalls: readonly fc.Arbitrary<Call>[] = [
  newModel,
  get('registered-models/get', v.required({ name: model })),
  post('registered-models/rename', v.required({ name: model, new_name: model })),
  send('PATCH', 'registered-models/update', both(v.required({ name: model }), described)),
  send('DELETE', 'registered-models/delete', v.required({ name: model })),
  get(
    'registered-models/search',
    both(fc.record({ filter: modelFilter, order_by: modelOrder }), v.some({ max_results: size })),
  ),
  post('registered-models/set-tag', v.required({ name: model, key: v.key, value: v.text })),
  send('DELETE', 'registered-models/delete-tag', v.required({ name: model, key: v.key })),
  post('registered-models/alias', v.required({ ...one, alias })),
  send('DELETE', 'registered-models/alias', v.required({ name: model, alias })),
  get('registered-models/alias', v.required({ name: model, alias })),
  get('registered-models/get-latest-versions', v.required({ name: model })),
  post(
    'registered-models/get-latest-versions',
    both(
      v.required({ name: model }),
      v.some({ stages: v.oneOf(['None'], ['production'], ['what']) }),
    ),
  ),
  post(
    'model-versions/create',
    both(
      v.required({ name: model, source, run_id: v.mostly(v.made('run'), v.oneOf('x', '')) }),
      both(described, v.some({ tags: v.tags })),
    ),
  ),
  post(
    'model-versions/create',
    both(v.required({ name: model, source: fc.constant('s3://bucket/model') }), described),
  ),
  get('model-versions/get', v.required(one)),
  send('PATCH', 'model-versions/update', both(v.required(one), described)),
  send('DELETE', 'model-versions/delete', v.required(one)),
  get('model-versions/get-download-uri', v.required(one)),
  post('model-versions/set-tag', v.required({ ...one, key: v.key, value: v.text })),
  send('DELETE', 'model-versions/delete-tag', v.required({ ...one, key: v.key })),
  post(
    'model-versions/transition-stage',
    v.required({
      ...one,
      stage: v.mostly(v.oneOf('Staging', 'production', 'Archived', 'None'), v.oneOf('What', '')),
      archive_existing_versions: v.mostly(fc.boolean(), v.oneOf('x', 1)),
    }),
  ),
  get(
    'model-versions/search',
    both(
      fc.record({ filter: versionFilter, order_by: versionOrder }),
      v.some({ max_results: size }),
    ),
  ),
];
