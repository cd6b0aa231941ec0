/** Calls with one mistake each, whose messages clients and their tests look into. */
import { type Call, PREFIX, symbol } from './call.ts';

const experiment = symbol('experiment', 0);
const run = symbol('run', 0);
const gone = '0123456789abcdef0123456789abcdef';

const post = (path: string, args: Call['args']): Call => ({
  method: 'POST',
  path: `2.0/mlflow/${path}`,
  args,
});
const get = (path: string, args: Call['args']): Call => ({ ...post(path, args), method: 'GET' });

const metric = { key: 'm', value: 1, timestamp: 1, step: 0 };
const long = 'k'.repeat(251);

/** An experiment and a run for them to be about. */
export const SCENE: readonly Call[] = [
  {
    ...post('experiments/create', { name: `${PREFIX} first` }),
    makes: { kind: 'experiment', at: ['experiment_id'] },
  },
  {
    ...post('runs/create', { experiment_id: experiment, start_time: 1 }),
    makes: { kind: 'run', at: ['run', 'info', 'run_id'] },
  },
  post('runs/log-parameter', { run_id: run, key: 'p', value: '1' }),
];

export const MISTAKES: readonly Call[] = [
  post('experiments/create', {}),
  post('experiments/create', { name: '' }),
  post('experiments/create', { name: `${PREFIX} first` }),
  post('experiments/create', { name: 'n'.repeat(501) }),
  post('experiments/create', { name: 5 }),
  get('experiments/get', {}),
  get('experiments/get', { experiment_id: '987654321' }),
  get('experiments/get-by-name', { experiment_name: 'no such name' }),
  post('experiments/update', { experiment_id: experiment }),
  post('experiments/update', { experiment_id: '987654321', new_name: 'x' }),
  post('experiments/delete', { experiment_id: '987654321' }),
  post('experiments/restore', { experiment_id: experiment }),
  post('experiments/set-experiment-tag', { experiment_id: experiment, value: 'x' }),
  post('experiments/set-experiment-tag', { experiment_id: experiment, key: long, value: 'x' }),
  post('experiments/delete-experiment-tag', { experiment_id: experiment, key: 'none' }),
  post('experiments/search', { max_results: 50_001 }),
  post('experiments/search', { max_results: 10, page_token: 'x' }),
  post('experiments/search', { max_results: 10, filter: "name = 'a' XOR name = 'b'" }),
  post('runs/create', { experiment_id: '987654321' }),
  post('runs/create', {
    experiment_id: experiment,
    run_name: 'a',
    tags: [{ key: 'mlflow.runName', value: 'b' }],
  }),
  get('runs/get', {}),
  get('runs/get', { run_id: gone }),
  post('runs/update', { run_id: gone, status: 'FAILED' }),
  post('runs/delete', {}),
  post('runs/delete', { run_id: gone }),
  post('runs/restore', { run_id: gone }),
  post('runs/log-metric', { run_id: run, value: 1, timestamp: 1 }),
  post('runs/log-metric', { run_id: run, key: 'm', timestamp: 1 }),
  post('runs/log-metric', { run_id: run, key: 'm', value: 1 }),
  post('runs/log-metric', { ...metric, run_id: run, key: long }),
  post('runs/log-metric', { ...metric, run_id: run, key: 'a/../b' }),
  post('runs/log-metric', { ...metric, run_id: run, timestamp: -1 }),
  post('runs/log-metric', { ...metric, run_id: run, value: 'x' }),
  post('runs/log-metric', { ...metric, run_id: gone }),
  post('runs/log-metric', metric),
  post('runs/log-parameter', { run_id: run, value: 'x' }),
  post('runs/log-parameter', { run_id: run, key: 'p', value: '2' }),
  post('runs/log-parameter', { run_id: run, key: long, value: '2' }),
  post('runs/log-parameter', { run_id: run, key: 'a,b', value: '2' }),
  post('runs/set-tag', { run_id: run, value: 'x' }),
  post('runs/set-tag', { run_id: run, key: long, value: 'x' }),
  post('runs/set-tag', { run_id: gone, key: 'a', value: 'x' }),
  post('runs/delete-tag', { run_id: run, key: 'none' }),
  post('runs/log-batch', { run_id: gone, metrics: [metric] }),
  post('runs/log-batch', { run_id: run, metrics: [{ ...metric, key: long }] }),
  post('runs/log-batch', { run_id: run, params: [{ key: 'p', value: '2' }] }),
  post('runs/log-batch', {
    run_id: run,
    params: [
      { key: 'q', value: '1' },
      { key: 'q', value: '2' },
    ],
  }),
  post('runs/log-batch', {
    run_id: run,
    tags: Array.from({ length: 101 }, (_, n) => ({ key: `t${n}`, value: '' })),
  }),
  post('runs/search', { experiment_ids: [experiment], max_results: 50_001 }),
  post('runs/search', { experiment_ids: [experiment], page_token: 'x' }),
  post('runs/search', { experiment_ids: [experiment], filter: "metrics.a = 'x'" }),
  post('runs/search', { experiment_ids: [experiment], filter: "what.a = 'x'" }),
  post('runs/search', { experiment_ids: [experiment], filter: 'params.a = 5' }),
  post('runs/search', { experiment_ids: [experiment], filter: 'metrics.a' }),
  post('runs/search', { experiment_ids: [experiment], order_by: ['what.a'] }),
  get('metrics/get-history', { run_id: run }),
  get('artifacts/list', { run_id: gone }),
  get('artifacts/list', { run_id: run, path: '../x' }),
  get('registered-models/get', {}),
  get('registered-models/get', { name: 'no such model' }),
  post('registered-models/create', {}),
  post('registered-models/create', { name: 'a/b' }),
  post('registered-models/rename', { name: 'no such model', new_name: 'x' }),
  get('model-versions/get', { name: 'no such model', version: '1' }),
  get('model-versions/get', { name: 'no such model' }),
  post('model-versions/create', { name: 'no such model', source: 's3://b/m' }),
  get('registered-models/alias', { name: 'no such model', alias: 'a' }),
];
