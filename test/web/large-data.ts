/** Much of everything, made through the API: what the dashboard must be quick on. */
import { jobBody, setUpJobs } from '../support/jobs.ts';
import type { Dashboard } from './dashboard.ts';

const AT_ONCE = 8;

/** Does `work` for 0 … count - 1, some at a time. */
async function each(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, lane));
}

/** The same for the same number, spread over 0 … 1. */
const spread = (index: number): number => (index * 0.618_033_988_75) % 1;

interface Created {
  readonly run: { readonly info: { readonly run_id: string } };
}

async function newRun({ api }: Dashboard, experiment: string, index: number): Promise<string> {
  const { run } = await api<Created>('POST', '/api/2.0/mlflow/runs/create', {
    experiment_id: experiment,
    run_name: `run ${index}`,
    start_time: 1_790_000_000_000 + index * 1_000,
  });
  return run.info.run_id;
}

const newExperiment = async ({ api }: Dashboard, name: string): Promise<string> =>
  (await api<{ experiment_id: string }>('POST', '/api/2.0/mlflow/experiments/create', { name }))
    .experiment_id;

/** An experiment of `count` runs that have ended, with params, metrics and a tag; its id. */
export async function manyRuns(dashboard: Dashboard, count: number): Promise<string> {
  const experiment = await newExperiment(dashboard, `${count} runs`);
  await each(count, async (index) => {
    const run_id = await newRun(dashboard, experiment, index);
    const loss = 1 / (1 + index / count) + spread(index) / 10;
    await dashboard.api('POST', '/api/2.0/mlflow/runs/log-batch', {
      run_id,
      params: [
        { key: 'rate', value: String((1 + (index % 9)) / 1_000) },
        { key: 'optimizer', value: ['adam', 'sgd', 'lion'][index % 3] },
        { key: 'seed', value: String(index % 5) },
      ],
      metrics: ['loss', 'accuracy', 'f1'].map((key, at) => ({
        key,
        value: at === 0 ? loss : 1 - loss / (at + 1),
        step: 1,
        timestamp: 1_790_000_000_000 + index,
      })),
      tags: [{ key: 'team', value: index % 2 === 0 ? 'vision' : 'text' }],
    });
    await dashboard.api('POST', '/api/2.0/mlflow/runs/update', { run_id, status: 'FINISHED' });
  });
  return experiment;
}

/** An experiment of runs with so many points of one metric each, with a spike at a step of its own. */
export async function longCurves(
  dashboard: Dashboard,
  { runs, points }: { readonly runs: number; readonly points: number },
): Promise<{ readonly experiment: string; readonly runIds: readonly string[] }> {
  const experiment = await newExperiment(dashboard, `${runs} curves`);
  const runIds = new Array<string>(runs).fill('');
  await each(runs, async (index) => {
    const run_id = await newRun(dashboard, experiment, index);
    runIds[index] = run_id;
    for (let from = 0; from < points; from += 1_000) {
      const metrics = Array.from({ length: Math.min(1_000, points - from) }, (_, at) => {
        const step = from + at;
        const value = step === points - 7 ? 50 + index : Math.exp(-step / 3_000) + spread(step) / 5;
        return { key: 'loss', value, step, timestamp: 1_790_000_000_000 + step * 1_000 };
      });
      await dashboard.api('POST', '/api/2.0/mlflow/runs/log-batch', { run_id, metrics });
    }
  });
  return { experiment, runIds };
}

/** `count` jobs that wait in a queue which nobody works for; their experiment. */
export async function manyJobs({ api }: Dashboard, count: number): Promise<number> {
  const setup = await setUpJobs(
    {
      async call(method, path, body) {
        const answer = await api(method, path, body as object | undefined);
        return { status: 200, headers: new Headers(), text: '', body: answer };
      },
    },
    { group: 1, queues: ['waiting'] },
  );
  const path = `/api/v1/experiments/${setup.experiment}/jobs`;
  await each(count, (index) => {
    const queue = setup.queues.get('waiting');
    return api('POST', path, jobBody(setup, { queue, description: `job ${index}` }));
  });
  return setup.experiment;
}

interface Project {
  readonly api_token: string;
}

const BATCH = 1_000;
const DAY_MS = 86_400_000;

/** An A/B test that has run for a week, with so many events of a tenth as many people; its id. */
export async function manyEvents(dashboard: Dashboard, count: number): Promise<number> {
  const { api, url } = dashboard;
  const project = await api<Project>('GET', '/api/projects/1/');
  const start = Date.now() - 7 * DAY_MS;
  const { id } = await api<{ id: number }>('POST', '/api/projects/1/experiments/', {
    name: `${count} events`,
    feature_flag_key: 'large',
    start_date: new Date(start).toISOString(),
    parameters: {
      feature_flag_variants: [
        { key: 'control', split_percent: 50 },
        { key: 'test', split_percent: 50 },
      ],
    },
    metrics: [
      {
        kind: 'ExperimentMetric',
        metric_type: 'mean',
        name: 'Revenue',
        source: { kind: 'EventsNode', event: 'purchase', math: 'sum', math_property: 'amount' },
      },
    ],
    allow_unknown_events: true,
  });
  const people = Math.ceil(count / 10);
  await each(Math.ceil(count / BATCH), async (batch) => {
    const events = Array.from({ length: Math.min(BATCH, count - batch * BATCH) }, (_, at) =>
      eventOf(batch * BATCH + at, people, start),
    );
    const response = await fetch(`${url}/batch/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: project.api_token, batch: events }),
    });
    if (!response.ok) throw new Error(`/batch/: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  });
  return id;
}

/** Everybody is exposed once, by their first event, and buys nine times; the variant `test` a tenth more. */
function eventOf(index: number, people: number, start: number): object {
  const person = index % people;
  const variant = person % 2 === 0 ? 'control' : 'test';
  const isExposure = index < people;
  return {
    event: isExposure ? '$feature_flag_called' : 'purchase',
    distinct_id: `person-${person}`,
    timestamp: new Date(
      start + spread(person) * 5 * DAY_MS + (isExposure ? 0 : index),
    ).toISOString(),
    properties: isExposure
      ? { $feature_flag: 'large', $feature_flag_response: variant }
      : { amount: (variant === 'test' ? 11 : 10) + spread(index), $feature_flag: 'large' },
  };
}
