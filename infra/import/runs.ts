import type { Counts } from './counts.ts';
import { copyFiles } from './files.ts';
import {
  API,
  callKey,
  type Import,
  isMarked,
  isMissing,
  isTaken,
  markOf,
  orProblem,
  unmarked,
} from './import.ts';
import { parts } from './parallel.ts';
import { type Message, Refused } from './server.ts';

const PAGE = 500;
const HISTORY_PAGE = 25_000;
const MAX_POINTS = 1_000;
const MAX_ENTRIES = 100;
/** Bodies of log-batch end at 1 MB. */
const BATCH_BYTES = 900_000;
const NAME_TAG = 'mlflow.runName';

/** Tags that both sides hold alike: the name is told by the run, the mark is ours. */
export const plainTags = (tags: readonly Message[] = []) =>
  unmarked(tags).filter(({ key }) => key !== NAME_TAG);

/** All runs of an experiment there, deleted ones too. */
export const runsOf = ({ from }: Import, experimentId: string): AsyncIterable<Message> =>
  from.pages(
    'POST',
    `${API}/runs/search`,
    { experiment_ids: [experimentId], run_view_type: 'ALL', max_results: PAGE },
    'runs',
  );

interface Made {
  readonly info: Message;
  /** It was made before, and may hold some of its data. */
  readonly again: boolean;
}

/** The run under its id here, when it is the one that an earlier start made. */
async function findAgain(job: Import, id: string, mark: Message): Promise<Message | undefined> {
  try {
    const { run } = await job.to.ask('GET', `${API}/runs/get`, { run_id: id });
    if (!isMarked(run.data.tags, mark)) return undefined;
    if (run.info.lifecycle_stage === 'deleted')
      await job.to.ask('POST', `${API}/runs/restore`, { run_id: id });
    return run.info;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Makes the run, under its own id unless somebody else has that here. */
async function create(job: Import, { info, data }: Message, experimentId: string): Promise<Made> {
  const mark = markOf(job, 'runs', info.run_id);
  const body = {
    experiment_id: experimentId,
    user_id: info.user_id ?? '',
    start_time: info.start_time ?? 0,
    ...(info.run_name ? { run_name: info.run_name } : {}),
    tags: [mark, ...plainTags(data.tags).slice(0, MAX_ENTRIES - 1)],
  };
  const path = `${API}/runs/create`;
  try {
    const { run } = await job.to.ask('POST', path, { ...body, run_id: info.run_id });
    return { info: run.info, again: false };
  } catch (error) {
    const isOdd = error instanceof Refused && error.code === 'INVALID_PARAMETER_VALUE';
    if (!isTaken(error) && !isOdd) throw error;
    const found = await findAgain(job, info.run_id, mark);
    if (found !== undefined) return { info: found, again: true };
  }
  const { run } = await job.to.ask('POST', path, body, callKey(job.from.url, body));
  job.problems.push(`run ${info.run_id}: its id is not free here, so it is ${run.info.run_id}`);
  return { info: run.info, again: true };
}

async function logEntries(
  job: Import,
  id: string,
  field: 'params' | 'tags',
  entries: readonly Message[],
) {
  for (const part of parts(entries, MAX_ENTRIES, BATCH_BYTES)) {
    await job.to.ask('POST', `${API}/runs/log-batch`, { run_id: id, [field]: part });
  }
}

/** Every point of a metric, a full batch at a time; how many there are. */
async function copyHistory(job: Import, from: string, to: string, key: string): Promise<number> {
  let count = 0;
  let batch: Message[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await job.to.ask('POST', `${API}/runs/log-batch`, { run_id: to, metrics: batch });
    count += batch.length;
    job.progress.add({ 'points of metrics': batch.length });
    batch = [];
  };
  const args = { run_id: from, metric_key: key, max_results: HISTORY_PAGE };
  for await (const { value, timestamp, step } of job.from.pages(
    'GET',
    `${API}/metrics/get-history`,
    args,
    'metrics',
  )) {
    batch.push({ key, value, timestamp, step: step ?? 0 });
    if (batch.length === MAX_POINTS) await flush();
  }
  await flush();
  return count;
}

async function logDatasets(job: Import, id: string, inputs: readonly Message[]): Promise<number> {
  let logged = 0;
  for (const input of inputs) {
    const what = `run ${id}, dataset ${input.dataset.name}`;
    const body = { run_id: id, datasets: [input] };
    const isLogged = await orProblem(job, what, () =>
      job.to.ask('POST', `${API}/runs/log-inputs`, body),
    );
    if (isLogged) logged += 1;
  }
  return logged;
}

async function end(job: Import, id: string, { status, end_time: time }: Message): Promise<void> {
  const ended = time === undefined || time === 0 ? {} : { end_time: time };
  await job.to.ask('POST', `${API}/runs/update`, { run_id: id, status, ...ended });
}

/** A run with its data and files; models that it used or made are linked when they are here. */
export async function importRun(job: Import, source: Message): Promise<void> {
  const { info, data, inputs = {} } = source;
  const from = info.run_id;
  if (job.journal.get('run', from) !== undefined) return;
  const experiment = job.journal.get('experiment', info.experiment_id);
  if (experiment === undefined) throw new Error(`The experiment of run ${from} was not imported.`);
  const made = await create(job, source, experiment.to);
  const to = made.info.run_id;
  const tags = plainTags(data.tags);
  await logEntries(job, to, 'params', data.params ?? []);
  await logEntries(job, to, 'tags', made.again ? tags : tags.slice(MAX_ENTRIES - 1));
  let points = 0;
  for (const { key } of data.metrics ?? []) points += await copyHistory(job, from, to, key);
  await logDatasets(job, to, inputs.dataset_inputs ?? []);
  const uri = made.info.artifact_uri;
  const owner = { from: ['run_id', from], to: ['run_id', to], uri } as const;
  const files = await copyFiles(job, owner, made.again);
  await end(job, to, info);
  const counts: Counts = {
    runs: 1,
    'points of metrics': points,
    params: data.params?.length ?? 0,
    tags: tags.length,
    datasets: inputs.dataset_inputs?.length ?? 0,
    ...files,
  };
  job.journal.add({ kind: 'run', from, to, files: [info.artifact_uri, uri], counts });
  job.progress.add({ runs: 1 });
}

/** Notes the logged models that a run used and made. */
export async function linkModels(job: Import, source: Message): Promise<void> {
  const { info, inputs = {}, outputs = {} } = source;
  const from = info.run_id;
  const run = job.journal.get('run', from);
  if (run === undefined || job.journal.get('linked', from) !== undefined) return;
  const here = (models: readonly Message[] = []) =>
    models.flatMap(({ model_id: id, step }) => {
      const model = job.journal.get('loggedModel', id);
      return model === undefined ? [] : [{ model_id: model.to, step: step ?? 0 }];
    });
  const [used, made] = [here(inputs.model_inputs), here(outputs.model_outputs)];
  if (used.length + made.length === 0) return;
  const models = used.map(({ model_id }) => ({ model_id }));
  if (models.length > 0)
    await job.to.ask('POST', `${API}/runs/log-inputs`, { run_id: run.to, models });
  if (made.length > 0)
    await job.to.ask('POST', `${API}/runs/outputs`, { run_id: run.to, models: made });
  const counts = { 'links to models': used.length + made.length };
  job.journal.add({ kind: 'linked', from, to: run.to, counts });
}
