import { readFileSync } from 'node:fs';
import type { Client, Json } from './app.ts';

/** What a job that prints lines and stores one file needs, as it was registered. */
export interface JobSetup {
  readonly group: number;
  readonly experiment: number;
  readonly entrypoint: number;
  /** By the queue's name. */
  readonly queues: ReadonlyMap<string, number>;
  readonly task: { readonly pluginSnapshotId: number; readonly taskId: number };
}

/** Prints `lines` lines that name their run over `seconds`, and makes a text of 3,000 rows. */
const WORK = `
import os
import time

from dioptra import pyplugs


@pyplugs.register
def work(lines, seconds):
    run = os.environ["MLFLOW_RUN_ID"]
    for number in range(lines):
        print(f"{run} line {number}", flush=True)
        time.sleep(seconds / lines)
    return "".join(f"{run} row {number}\\n" for number in range(3000))
`;

const KEEP = readFileSync(new URL('keep.py', import.meta.url), 'utf8');

/** The lines that an attempt prints, and the text that it stores. */
export const linesOf = (run: string, lines: number): readonly string[] =>
  Array.from({ length: lines }, (_, number) => `${run} line ${number}`);
export const textOf = (run: string): string =>
  Array.from({ length: 3_000 }, (_, number) => `${run} row ${number}\n`).join('');

type Caller = Pick<Client, 'call'>;

async function ok(client: Caller, method: string, path: string, body?: unknown): Promise<Json> {
  const answer = await client.call(method, `/api/v1${path}`, body);
  if (answer.status === 200) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
}

async function typeIds(client: Caller, group: number): Promise<ReadonlyMap<string, number>> {
  const page = await ok(client, 'GET', `/pluginParameterTypes?groupId=${group}&pageLength=100`);
  return new Map(page.data.map(({ name, id }: Json) => [name, id]));
}

async function newPlugin(client: Caller, group: number, name: string, file: object) {
  const { id } = await ok(client, 'POST', '/plugins', { group, name });
  const { tasks } = await ok(client, 'POST', `/plugins/${id}/files`, file);
  const { snapshot } = await ok(client, 'GET', `/plugins/${id}`);
  return { id, snapshot, tasks };
}

/** Registers plugins, queues, an entrypoint and an experiment, as a client does. */
export async function setUpJobs(
  client: Caller,
  options: { readonly group: number; readonly queues: readonly string[]; readonly name?: string },
): Promise<JobSetup> {
  const { group, name = 'trial' } = options;
  const types = await typeIds(client, group);
  const [string, integer, number] = ['string', 'integer', 'number'].map((type) => types.get(type));
  const work = await newPlugin(client, group, `${name}_work`, {
    filename: 'steps.py',
    contents: WORK,
    tasks: {
      functions: [
        {
          name: 'work',
          inputParams: [
            { name: 'lines', parameterType: integer, required: true },
            { name: 'seconds', parameterType: number, required: true },
          ],
          outputParams: [{ name: 'text', parameterType: string }],
        },
      ],
      artifacts: [],
    },
  });
  const keep = await newPlugin(client, group, `${name}_keep`, {
    filename: 'keep.py',
    contents: KEEP,
    tasks: {
      functions: [],
      artifacts: [{ name: 'TextFile', outputParams: [{ name: 'text', parameterType: string }] }],
    },
  });
  const queues = new Map<string, number>();
  for (const queue of options.queues) {
    queues.set(queue, (await ok(client, 'POST', '/queues', { group, name: queue })).id);
  }
  const entrypoint = await ok(client, 'POST', '/entrypoints', {
    group,
    name: `${name} entrypoint`,
    taskGraph: 'work:\n  work:\n    lines: $lines\n    seconds: $seconds\n',
    artifactGraph: 'rows:\n  contents: $work\n  task:\n    name: TextFile\n',
    parameters: [
      { name: 'lines', parameterType: 'integer', defaultValue: '20' },
      { name: 'seconds', parameterType: 'float', defaultValue: '0.6' },
    ],
    plugins: [work.id],
    artifactPlugins: [keep.id],
    queues: [...queues.values()],
  });
  const experiment = await ok(client, 'POST', '/experiments', {
    group,
    name: `${name} experiment`,
    entrypoints: [entrypoint.id],
  });
  const task = { pluginSnapshotId: keep.snapshot, taskId: keep.tasks.artifacts[0].id };
  return { group, experiment: experiment.id, entrypoint: entrypoint.id, queues, task };
}

/** The body of a POST that submits a job. */
export const jobBody = (setup: JobSetup, overrides: object = {}): object => ({
  description: 'a job of a test',
  queue: [...setup.queues.values()][0],
  entrypoint: setup.entrypoint,
  values: {},
  ...overrides,
});

/** Submits a job; gives its representation. */
export const submit = (client: Caller, setup: JobSetup, overrides: object = {}): Promise<Json> =>
  ok(client, 'POST', `/experiments/${setup.experiment}/jobs`, jobBody(setup, overrides));
