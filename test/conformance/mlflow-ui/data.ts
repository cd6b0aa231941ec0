/** What the pages show: an experiment with runs, files, models and a trace. */
import { deflateSync } from 'node:zlib';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are read.
type Json = any;

export interface Shown {
  readonly authorization: string;
  readonly experiment: string;
  readonly runs: readonly string[];
  readonly model: string;
}

const PASSWORD = 'a long password';
const MODEL = 'forecaster';
const STEPS = 40;

/** Signs up at Assay and returns the header of the new person. */
export async function signUp(server: string): Promise<string> {
  const username = 'ada';
  const post = (path: string, body: object, cookie = '') =>
    fetch(`${server}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    });
  const account = { username, email: 'ada@assay.test', password: PASSWORD };
  await post('/api/v1/users', { ...account, confirmPassword: PASSWORD });
  const login = await post('/api/v1/auth/login', { username, password: PASSWORD });
  const cookie = login.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const group = await post('/api/v1/groups', { name: 'lab' }, cookie);
  if (group.status !== 200) throw new Error(`${group.status}: ${await group.text()}`);
  return `Basic ${Buffer.from(`${username}:${PASSWORD}`).toString('base64')}`;
}

export type Api = (method: string, path: string, body?: object) => Promise<Json>;

const apiOf =
  (server: string, authorization: string): Api =>
  async (method, path, body) => {
    const answer = await fetch(`${server}/api/${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };

async function newRun(api: Api, experiment: string, at: number): Promise<string> {
  const { run } = await api('POST', '2.0/mlflow/runs/create', {
    experiment_id: experiment,
    run_name: `run-${at}`,
    start_time: Date.now() - 60_000 * (10 - at),
    user_id: 'ada',
  });
  const id: string = run.info.run_id;
  const metrics = Array.from({ length: STEPS }, (_, step) => ({
    key: 'loss',
    value: Math.exp(-step / (10 + at)) + at / 100,
    timestamp: Date.now() - 1_000 * (STEPS - step),
    step,
  }));
  const accuracy = { key: 'accuracy', value: 0.9 + at / 100, timestamp: Date.now(), step: 0 };
  await api('POST', '2.0/mlflow/runs/log-batch', {
    run_id: id,
    metrics: [...metrics, accuracy],
    params: [
      { key: 'learning_rate', value: String(0.1 / (at + 1)) },
      { key: 'optimizer', value: at % 2 === 0 ? 'adam' : 'sgd' },
    ],
    tags: [{ key: 'team', value: 'vision' }],
  });
  const dataset = { name: 'iris', digest: 'abcd1234', source_type: 'local', source: '{}' };
  const context = [{ key: 'mlflow.data.context', value: 'training' }];
  const datasets = [{ dataset: { ...dataset, schema: '{}', profile: '{}' }, tags: context }];
  await api('POST', '2.0/mlflow/runs/log-inputs', { run_id: id, datasets });
  await api('POST', '2.0/mlflow/runs/update', {
    run_id: id,
    status: at === 3 ? 'FAILED' : 'FINISHED',
    end_time: Date.now(),
  });
  return id;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** A green square. */
function picture(side = 64): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(3 * side, Buffer.of(20, 160, 90))]);
  const rows = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

async function putFiles(server: string, authorization: string, folder: string): Promise<void> {
  const files = {
    'notes.txt': 'all is well',
    'config.json': '{"a": 1}',
    'plots/square.png': picture(),
  };
  for (const [name, body] of Object.entries(files)) {
    const answer = await fetch(`${server}/api/2.0/mlflow-artifacts/artifacts/${folder}/${name}`, {
      method: 'PUT',
      headers: { authorization },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status}`);
  }
}

async function addModels(api: Api, runs: readonly string[]): Promise<void> {
  await api('POST', '2.0/mlflow/registered-models/create', {
    name: MODEL,
    description: 'Says what comes next.',
    tags: [{ key: 'team', value: 'vision' }],
  });
  for (const run of runs.slice(0, 2)) {
    await api('POST', '2.0/mlflow/model-versions/create', {
      name: MODEL,
      source: `runs:/${run}/model`,
      run_id: run,
      description: 'Of the nightly run.',
    });
  }
  const alias = { name: MODEL, alias: 'champion', version: '2' };
  await api('POST', '2.0/mlflow/registered-models/alias', alias);
}

async function addLoggedModel(api: Api, experiment: string, run: string): Promise<void> {
  const { model } = await api('POST', '2.0/mlflow/logged-models', {
    experiment_id: experiment,
    name: 'net',
    model_type: 'classifier',
    source_run_id: run,
    params: [{ key: 'depth', value: '3' }],
  });
  const id: string = model.info.model_id;
  const status = { model_id: id, status: 'LOGGED_MODEL_READY' };
  await api('PATCH', `2.0/mlflow/logged-models/${id}`, status);
  await api('POST', '2.0/mlflow/runs/outputs', {
    run_id: run,
    models: [{ model_id: id, step: 0 }],
  });
}

async function addTrace(api: Api, experiment: string): Promise<void> {
  const id = `tr-${'ab12'.repeat(8)}`;
  await api('POST', '3.0/mlflow/traces', {
    trace: {
      trace_info: {
        trace_id: id,
        trace_location: {
          type: 'MLFLOW_EXPERIMENT',
          mlflow_experiment: { experiment_id: experiment },
        },
        request_time: new Date().toISOString(),
        execution_duration: '0.250s',
        state: 'OK',
        request_preview: 'why is the sky blue?',
        response_preview: 'because of the air',
        tags: { 'mlflow.traceName': 'question' },
        trace_metadata: { 'mlflow.trace_schema.version': '3' },
      },
    },
  });
}

/** Fills the server as the person whose header this is. */
export async function fill(server: string, authorization: string): Promise<Shown> {
  const api = apiOf(server, authorization);
  const { experiment_id: experiment } = await api('POST', '2.0/mlflow/experiments/create', {
    name: 'Nightly forecasts',
    tags: [{ key: 'mlflow.note.content', value: 'What comes next.' }],
  });
  const runs: string[] = [];
  for (let at = 0; at < 5; at += 1) runs.push(await newRun(api, experiment, at));
  // The UI's comparison breaks, at the original as well, where one of the runs has no files.
  for (const run of runs.slice(0, 2)) {
    await putFiles(server, authorization, `${experiment}/${run}/artifacts`);
  }
  await addModels(api, runs);
  await addLoggedModel(api, experiment, runs[0] ?? '');
  await addTrace(api, experiment);
  return { authorization, experiment, runs, model: MODEL };
}
