/** The budgets of a call: what it may use of the store, counted by the meter around the ports. */
import type { TestApp } from '../../support/app.ts';
import type { Api } from './api.ts';
import { newName, type World } from './world.ts';

/** The most that a call may use; what is not named is not bounded. */
export interface Limits {
  /** Calls of the table of which each waits for the one before. */
  readonly roundTrips: number;
  readonly readUnits?: number;
  readonly writeUnits?: number;
}

export interface BudgetedCall {
  readonly call: string;
  readonly limits: Limits;
  /** Makes what it needs, and returns the call: asked twice, the second time counts. */
  readonly prepare: (bench: BudgetBench) => Promise<() => Promise<Response>>;
}

export interface BudgetBench {
  readonly app: TestApp;
  readonly api: Api;
  readonly world: World;
}

const V1 = '/api/v1';
const ML = '/api/2.0/mlflow';
const POINTS = 1_000;
const KEYS = 10;
const HISTORY = 10_000;

async function newRun({ api, world }: BudgetBench): Promise<string> {
  const body = { experiment_id: String(world.experiment), start_time: 1_790_000_000_000 };
  return (await api.post(`${ML}/runs/create`, body)).run.info.run_id;
}

const metrics = (count: number, keys: number, firstStep = 0) =>
  Array.from({ length: count }, (_, at) => ({
    key: `metric-${at % keys}`,
    value: Math.sin(at) * 100,
    timestamp: 1_790_000_000_000 + firstStep + at,
    step: firstStep + at,
  }));

const logBatch = (api: Api, run: string, firstStep: number) =>
  api.ask('POST', `${ML}/runs/log-batch`, {
    run_id: run,
    metrics: metrics(POINTS, KEYS, firstStep),
  });

/** A call that is the same each time. */
const same =
  (method: string, path: (bench: BudgetBench) => string, body?: (bench: BudgetBench) => object) =>
  async (bench: BudgetBench) =>
  () =>
    bench.api.ask(method, path(bench), body?.(bench));

/** A call about a new run; `body` gets the run and how often it was called. */
const aboutRun =
  (path: string, body: (run: string, at: number) => object) => async (bench: BudgetBench) => {
    const run = await newRun(bench);
    let at = 0;
    return () => {
      at += 1;
      return bench.api.ask('POST', `${ML}${path}`, body(run, at));
    };
  };

const newJob = ({ world }: BudgetBench) => ({
  queue: world.job.queue,
  entrypoint: world.job.entrypoint,
  values: { left: '40' },
});

const reads: readonly BudgetedCall[] = [
  {
    call: 'get one experiment',
    limits: { roundTrips: 1, readUnits: 1, writeUnits: 0 },
    prepare: same('GET', ({ world }) => `${V1}/experiments/${world.experiment}`),
  },
  {
    call: 'get one run',
    limits: { roundTrips: 1, readUnits: 1, writeUnits: 0 },
    prepare: async (bench) => {
      const run = await newRun(bench);
      return () => bench.api.ask('GET', `${ML}/runs/get?run_id=${run}`);
    },
  },
  {
    call: 'get one job',
    limits: { roundTrips: 1, readUnits: 1, writeUnits: 0 },
    prepare: async (bench) => {
      const path = `${V1}/experiments/${bench.world.job.experiment}/jobs`;
      const { id } = await bench.api.post(path, newJob(bench));
      return () => bench.api.ask('GET', `${V1}/jobs/${id}`);
    },
  },
  {
    call: 'list page of 10, default order, of {rows}',
    limits: { roundTrips: 3, readUnits: 10, writeUnits: 0 },
    prepare: same(
      'GET',
      ({ world }) =>
        `${V1}/experiments?groupId=${world.listGroup}&index=${Math.floor(world.rows / 2)}&pageLength=10`,
    ),
  },
  {
    call: 'list page of 10 by name, of {rows}, list unchanged',
    limits: { roundTrips: 4, readUnits: 1, writeUnits: 0 },
    prepare: same(
      'GET',
      ({ world }) => `${V1}/experiments?groupId=${world.listGroup}&sortBy=name&pageLength=10`,
    ),
  },
  {
    call: 'page of 50 runs, default order, of 60',
    limits: { roundTrips: 1, readUnits: 15, writeUnits: 0 },
    prepare: async (bench) => {
      for (let at = 0; at < 60; at += 1) await newRun(bench);
      const body = { experiment_ids: [String(bench.world.experiment)], max_results: 50 };
      return () => bench.api.ask('POST', `${ML}/runs/search`, body);
    },
  },
  {
    call: 'history of 10,000 points',
    limits: { roundTrips: 2, readUnits: 60, writeUnits: 0 },
    prepare: async (bench) => {
      const run = await newRun(bench);
      for (let at = 0; at < HISTORY; at += POINTS) {
        const batch = { run_id: run, metrics: metrics(POINTS, 1, at) };
        await bench.api.post(`${ML}/runs/log-batch`, batch);
      }
      const path = `${ML}/metrics/get-history?run_id=${run}&metric_key=metric-0&max_results=25000`;
      return () => bench.api.ask('GET', path);
    },
  },
];

const writes: readonly BudgetedCall[] = [
  {
    call: 'create experiment',
    limits: { roundTrips: 2, writeUnits: 14 },
    prepare: same(
      'POST',
      () => `${V1}/experiments`,
      ({ world }) => ({ group: world.group, name: newName('counted'), description: 'One more.' }),
    ),
  },
  {
    call: 'create run',
    limits: { roundTrips: 1, readUnits: 1, writeUnits: 4 },
    prepare: same(
      'POST',
      () => `${ML}/runs/create`,
      ({ world }) => ({ experiment_id: String(world.experiment), run_name: newName('run') }),
    ),
  },
  {
    call: 'log one metric',
    limits: { roundTrips: 1, writeUnits: 4 },
    prepare: aboutRun('/runs/log-metric', (run, at) => ({
      run_id: run,
      key: 'accuracy',
      value: at,
      timestamp: 1_790_000_000_000 + at,
      step: at,
    })),
  },
  {
    call: 'set a tag',
    limits: { roundTrips: 1, writeUnits: 4 },
    prepare: aboutRun('/runs/set-tag', (run, at) => ({
      run_id: run,
      key: 'phase',
      value: String(at),
    })),
  },
  {
    call: `log-batch of 1,000 points over ${KEYS} keys`,
    limits: { roundTrips: 2, writeUnits: 40 + 2 * KEYS },
    prepare: async (bench) => {
      const run = await newRun(bench);
      let step = 0;
      return () => {
        step += POINTS;
        return logBatch(bench.api, run, step);
      };
    },
  },
  {
    call: 'submit a job (and SQS)',
    limits: { roundTrips: 3, writeUnits: 16 },
    prepare: same('POST', ({ world }) => `${V1}/experiments/${world.job.experiment}/jobs`, newJob),
  },
  {
    call: 'presign an upload',
    limits: { roundTrips: 1, readUnits: 1, writeUnits: 0 },
    prepare: async (bench) => {
      const run = await newRun(bench);
      const path = `/api/2.0/mlflow-artifacts/artifacts/${bench.world.experiment}/${run}/artifacts/f`;
      const headers = { authorization: `Bearer ${bench.world.token}`, 'content-length': '12' };
      return () => bench.app.fetch(path, { method: 'PUT', headers });
    },
  },
];

/** The table of budgets, as far as the API has their calls. */
export const BUDGETED_CALLS: readonly BudgetedCall[] = [...reads, ...writes];
