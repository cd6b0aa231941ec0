import type { Client, Json, TestApp, TestUser } from '../support/app.ts';

/** A group with all that a job needs, and its only member. */
export interface Scene {
  readonly user: TestUser;
  readonly group: number;
  readonly plugin: number;
  readonly queue: number;
  readonly entrypoint: number;
  readonly experiment: number;
}

/** What a call answers when it succeeds; anything else is a fault of the test. */
export async function must(
  client: Client,
  method: string,
  path: string,
  body?: unknown,
): Promise<Json> {
  const answer = await client.call(method, path, body);
  if (answer.status === 200) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
}

export interface Parameter {
  readonly name: string;
  readonly defaultValue: string;
}

const taskFile = (type: number) => ({
  filename: 'steps.py',
  contents: 'def greet(name):\n    return name\n',
  tasks: {
    functions: [
      {
        name: 'greet',
        inputParams: [{ name: 'name', parameterType: type, required: true }],
        outputParams: [],
      },
    ],
    artifacts: [],
  },
});

const graph = (parameters: readonly Parameter[]): string =>
  parameters.map(({ name }, index) => `s${index}:\n  greet: $${name}\n`).join('');

/** A user of their own, in a group of their own, with an entrypoint of these parameters. */
export async function newScene(
  app: TestApp,
  parameters: readonly Parameter[] = [{ name: 'who', defaultValue: 'world' }],
): Promise<Scene> {
  const user = await app.newUser();
  const { id: group } = await app.newGroup(user);
  const post = (path: string, body: object) => must(user, 'POST', `/api/v1${path}`, body);
  const types = await must(
    user,
    'GET',
    `/api/v1/pluginParameterTypes?groupId=${group}&search=string`,
  );
  const { id: plugin } = await post('/plugins', { group, name: 'steps' });
  await post(`/plugins/${plugin}/files`, taskFile(types.data[0].id));
  const { id: queue } = await post('/queues', { group, name: 'default' });
  const { id: entrypoint } = await post('/entrypoints', {
    group,
    name: 'greeting',
    taskGraph: graph(parameters),
    parameters: parameters.map((parameter) => ({ ...parameter, parameterType: 'string' })),
    queues: [queue],
    plugins: [plugin],
  });
  const { id: experiment } = await post('/experiments', {
    group,
    name: 'trial',
    entrypoints: [entrypoint],
  });
  return { user, group, plugin, queue, entrypoint, experiment };
}

/** A job that waits in the queue. */
export async function newJob(scene: Scene, values: object = {}): Promise<number> {
  const { user, experiment, queue, entrypoint } = scene;
  const body = { description: '', queue, entrypoint, values };
  return (await must(user, 'POST', `/api/v1/experiments/${experiment}/jobs`, body)).id;
}

/** A tracking run in the scene's experiment, with one small artifact `secret.txt`. */
export async function newRun(app: TestApp, { user, experiment }: Scene): Promise<string> {
  const made = await must(user, 'POST', '/api/2.0/mlflow/runs/create', {
    experiment_id: String(experiment),
    start_time: 1,
  });
  const { run_id: run } = made.run.info;
  await app.platform.blobs.put(`runs/${run}/artifacts/secret.txt`, 'for members only');
  return run;
}

/** Claims a job as a worker of the pool does; null when there is none. */
export async function claim(app: TestApp, wish: object = {}): Promise<Json> {
  const worker = app.bearer(await app.newWorkerToken());
  const body = { pool: 'default', worker: 'of a test', ...wish };
  return (await must(worker, 'POST', '/api/worker/v1/claim', body)).claim;
}
