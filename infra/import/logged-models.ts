import { copyFiles } from './files.ts';
import { API, callKey, type Import, MARK, markOf, unmarked } from './import.ts';
import { parts } from './parallel.ts';
import type { Message } from './server.ts';

const PAGE = 50;
const MAX_ENTRIES = 100;
const BATCH_BYTES = 900_000;
const PENDING = 'LOGGED_MODEL_PENDING';
const UNSPECIFIED = 'LOGGED_MODEL_STATUS_UNSPECIFIED';

/** The server sets it where a version is made of the model, so it must not be there before. */
const VERSIONS_TAG = 'mlflow.modelVersions';

export const modelTags = (tags: readonly Message[] | undefined): readonly Message[] =>
  unmarked(tags).filter(({ key }) => key !== VERSIONS_TAG);

export const loggedModelsOf = ({ from }: Import, experimentId: string): AsyncIterable<Message> =>
  from.pages(
    'POST',
    `${API}/logged-models/search`,
    { experiment_ids: [experimentId], max_results: PAGE },
    'models',
  );

/** The model that an earlier start made whose answer was lost. */
async function findAgain(
  job: Import,
  experiment: string,
  mark: Message,
): Promise<Message | undefined> {
  const filter = `tags.\`${MARK}\` = '${mark.value}'`;
  const body = { experiment_ids: [experiment], filter, max_results: 1 };
  return (await job.to.ask('POST', `${API}/logged-models/search`, body)).models?.[0]?.info;
}

async function create(job: Import, { info, data }: Message, experiment: string): Promise<Message> {
  const mark = markOf(job, 'logged-models', info.model_id);
  const found = await findAgain(job, experiment, mark);
  if (found !== undefined) return { ...found, again: true };
  const run = job.journal.get('run', info.source_run_id ?? '');
  const body = {
    experiment_id: experiment,
    name: info.name ?? '',
    model_type: info.model_type ?? '',
    source_run_id: run?.to ?? '',
    params: data?.params ?? [],
    tags: [...modelTags(info.tags), mark],
  };
  const { model } = await job.to.ask(
    'POST',
    `${API}/logged-models`,
    body,
    callKey(job.from.url, body),
  );
  return model.info;
}

/** Values that name their model; their points are in the histories of the runs already. */
async function logMetrics(
  job: Import,
  modelId: string,
  metrics: readonly Message[],
): Promise<void> {
  const byRun = new Map<string, Message[]>();
  for (const { run_id: from, ...metric } of metrics) {
    const run = job.journal.get('run', from ?? '');
    if (run === undefined) continue;
    byRun.set(run.to, [
      ...(byRun.get(run.to) ?? []),
      { ...metric, step: metric.step ?? 0, model_id: modelId },
    ]);
  }
  for (const [run, all] of byRun) {
    for (const part of parts(all, MAX_ENTRIES, BATCH_BYTES)) {
      await job.to.ask('POST', `${API}/runs/log-batch`, { run_id: run, metrics: part });
    }
  }
}

/** A logged model with its files; it gets a new id, which takes the place of the old one wherever it is named. */
export async function importLoggedModel(job: Import, source: Message): Promise<void> {
  const { info, data = {} } = source;
  const from = info.model_id;
  if (job.journal.get('loggedModel', from) !== undefined) return;
  const experiment = job.journal.get('experiment', info.experiment_id);
  if (experiment === undefined) return;
  const made = await create(job, source, experiment.to);
  const to = made.model_id;
  await logMetrics(job, to, data.metrics ?? []);
  const uri = made.artifact_uri;
  const owner = { from: ['model_id', from], to: ['model_id', to], uri } as const;
  const files = await copyFiles(job, owner, made.again === true);
  const { status = UNSPECIFIED } = info;
  if (status !== PENDING && status !== UNSPECIFIED) {
    await job.to.ask('PATCH', `${API}/logged-models/${to}`, { status });
  }
  const counts = {
    'logged models': 1,
    params: data.params?.length ?? 0,
    tags: modelTags(info.tags).length,
    ...files,
  };
  job.journal.add({ kind: 'loggedModel', from, to, files: [info.artifact_uri, uri], counts });
  job.progress.add({ 'logged models': 1 });
}
