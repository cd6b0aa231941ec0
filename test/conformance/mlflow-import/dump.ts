/** All that a server tells of itself, without ids and times that are its own to choose. */
import { createHash } from 'node:crypto';

const API = '/api/2.0/mlflow';
const OURS = 'assay.importedFrom';

// biome-ignore lint/suspicious/noExplicitAny: messages of MLflow
type Message = any;
type Tag = { readonly key: string; readonly value: string };

export interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask(
  { url, headers }: Place,
  method: string,
  path: string,
  args: object = {},
): Promise<Message> {
  const query = method === 'GET' ? `?${new URLSearchParams(args as Record<string, string>)}` : '';
  const typed = { ...headers, 'content-type': 'application/json' };
  const body = method === 'GET' ? null : JSON.stringify(args);
  const answer = await fetch(`${url}${path}${query}`, { method, headers: typed, body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  // Long integers as text, so that they are compared exactly.
  return JSON.parse(text.replaceAll(/(:\s*)(-?\d{16,})(?=\s*[,}])/g, '$1"$2"'));
}

async function all(
  place: Place,
  method: string,
  path: string,
  args: object,
  field: string,
): Promise<Message[]> {
  const found: Message[] = [];
  for (let token = ''; ; ) {
    const page = await ask(
      place,
      method,
      path,
      token === '' ? args : { ...args, page_token: token },
    );
    found.push(...(page[field] ?? []));
    token = page.next_page_token ?? '';
    if (token === '') return found;
  }
}

/** Both write this tag themselves, with spaces or without. */
const plain = ({ key, value }: Tag): string =>
  key === 'mlflow.modelVersions' ? JSON.stringify(JSON.parse(value)) : value;

const entries = (tags: readonly Tag[] = []) =>
  Object.fromEntries(tags.filter(({ key }) => key !== OURS).map((tag) => [tag.key, plain(tag)]));

const byKey = <T>(
  of: (item: Message) => string,
  items: readonly Message[],
  value: (item: Message) => T,
) =>
  Object.fromEntries(
    items.map((item) => [of(item), value(item)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );

async function filesBelow(
  place: Place,
  list: readonly [path: string, args: object, folder: string],
  address: (path: string) => string,
  folder = '',
): Promise<Record<string, string>> {
  const [path, args, name] = list;
  const found = await all(
    place,
    'GET',
    path,
    folder === '' ? args : { ...args, [name]: folder },
    'files',
  );
  const files: Record<string, string> = {};
  for (const { path: file, is_dir: isFolder } of found) {
    if (isFolder) Object.assign(files, await filesBelow(place, list, address, file));
    else {
      const answer = await fetch(`${place.url}${address(file)}`, { headers: place.headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      files[file] =
        `${answer.status} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
    }
  }
  return files;
}

async function runOf(
  place: Place,
  { info, data, inputs = {}, outputs = {} }: Message,
  names: Names,
) {
  const { run_id: id } = info;
  const histories: Record<string, unknown> = {};
  for (const { key } of data.metrics ?? []) {
    const args = { run_id: id, metric_key: key };
    const points = await all(place, 'GET', `${API}/metrics/get-history`, args, 'metrics');
    histories[key] = points.map(({ value, timestamp, step = 0 }) =>
      [value, timestamp, step].join(' '),
    );
  }
  const model = (one: Message) => `${names.models.get(one.model_id)} ${one.step ?? ''}`;
  return {
    ...byKey(
      (key) => key,
      ['run_name', 'user_id', 'status', 'lifecycle_stage'],
      (key) => info[key] ?? '',
    ),
    times: [info.start_time, info.end_time ?? 0],
    experiment: names.experiments.get(info.experiment_id),
    params: entries(data.params),
    tags: entries(data.tags),
    latest: byKey(
      ({ key }) => key,
      data.metrics ?? [],
      ({ value, step = 0 }) => `${value} ${step}`,
    ),
    histories,
    datasets: (inputs.dataset_inputs ?? []).map(({ dataset, tags }: Message) => ({
      ...dataset,
      tags,
    })),
    used: (inputs.model_inputs ?? []).map(model),
    made: (outputs.model_outputs ?? []).map(model),
    files: await filesBelow(
      place,
      [`${API}/artifacts/list`, { run_id: id }, 'path'],
      (path) => `/get-artifact?${new URLSearchParams({ run_id: id, path })}`,
    ),
  };
}

const loggedModelOf = async (place: Place, { info, data = {} }: Message) => ({
  type: info.model_type,
  status: info.status,
  run: info.source_run_id,
  params: entries(data.params),
  tags: entries(info.tags),
  metrics: (data.metrics ?? []).map(({ key, value, step = 0, run_id }: Message) => [
    key,
    value,
    step,
    run_id,
  ]),
  files: await filesBelow(
    place,
    [`${API}/logged-models/${info.model_id}/artifacts/directories`, {}, 'artifact_directory_path'],
    (path) =>
      `/ajax-api/2.0/mlflow/logged-models/${info.model_id}/artifacts/files?${new URLSearchParams({ artifact_file_path: path })}`,
  ),
});

const PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'";

async function registeredOf(place: Place, { name }: Message, names: Names) {
  const { registered_model: model } = await ask(place, 'GET', `${API}/registered-models/get`, {
    name,
  });
  const quoted = `name = "${name}"`;
  const versions: Message[] = [];
  for (const filter of [quoted, `${quoted} AND ${PROMPTS}`]) {
    versions.push(
      ...(await all(place, 'GET', `${API}/model-versions/search`, { filter }, 'model_versions')),
    );
  }
  const named = (source: string) =>
    source
      .replaceAll(/m-[0-9a-f]{32}/g, (id) => names.models.get(id) ?? id)
      .replace(/^mlflow-artifacts:\/([^/]+)/, (_, id) => `of ${names.experiments.get(id)}`);
  return {
    description: model.description ?? '',
    tags: entries(model.tags),
    aliases: byKey(
      ({ alias }) => alias,
      model.aliases ?? [],
      ({ version }) => String(version),
    ),
    versions: byKey(
      ({ version }) => String(version),
      versions,
      (version) => ({
        description: version.description ?? '',
        stage: version.current_stage,
        run: version.run_id ?? '',
        source: named(version.source ?? ''),
        tags: entries(version.tags),
      }),
    ),
  };
}

interface Names {
  readonly experiments: ReadonlyMap<string, string>;
  readonly models: ReadonlyMap<string, string>;
}

const mapped = async <T>(
  items: readonly Message[],
  of: (item: Message) => string,
  value: (item: Message) => Promise<T>,
) => {
  const pairs: [string, T][] = [];
  for (const item of items) pairs.push([of(item), await value(item)]);
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
};

export async function dump(place: Place) {
  const experiments = await all(
    place,
    'POST',
    `${API}/experiments/search`,
    { max_results: 100, view_type: 'ALL' },
    'experiments',
  );
  const ids = experiments.map(({ experiment_id }) => experiment_id);
  const runs = await all(
    place,
    'POST',
    `${API}/runs/search`,
    { experiment_ids: ids, run_view_type: 'ALL', max_results: 100 },
    'runs',
  );
  const models = await all(
    place,
    'POST',
    `${API}/logged-models/search`,
    { experiment_ids: ids },
    'models',
  );
  const registered: Message[] = [];
  for (const filter of [{}, { filter: PROMPTS }]) {
    registered.push(
      ...(await all(place, 'GET', `${API}/registered-models/search`, filter, 'registered_models')),
    );
  }
  const names: Names = {
    experiments: new Map(experiments.map(({ experiment_id: id, name }) => [id, name])),
    models: new Map(models.map(({ info }) => [info.model_id, info.name])),
  };
  return {
    counts: [experiments.length, runs.length, models.length, registered.length],
    experiments: byKey(
      ({ name }) => name,
      experiments,
      ({ tags, lifecycle_stage: stage }) => ({ stage, tags: entries(tags) }),
    ),
    runs: await mapped(
      runs,
      ({ info }) => info.run_id,
      (run) => runOf(place, run, names),
    ),
    loggedModels: await mapped(
      models,
      ({ info }) => info.name,
      (model) => loggedModelOf(place, model),
    ),
    registered: await mapped(
      registered,
      ({ name }) => name,
      (model) => registeredOf(place, model, names),
    ),
  };
}
