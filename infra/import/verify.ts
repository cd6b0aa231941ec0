/** Counts what is here of all that was imported, as its own API tells it. */
import { type Counts, sumOf } from './counts.ts';
import { filesOf } from './files.ts';
import { API, type Import, unmarked } from './import.ts';
import type { Entry } from './journal.ts';
import { modelTags } from './logged-models.ts';
import { eachOf } from './parallel.ts';
import { versionsOf } from './registry.ts';
import { plainTags } from './runs.ts';

const HISTORY_PAGE = 25_000;

async function filesHere({ to }: Import, owner: Parameters<typeof filesOf>[1]): Promise<Counts> {
  let files = 0;
  let bytes = 0;
  for await (const { size } of filesOf(to, owner)) {
    files += 1;
    bytes += size;
  }
  return { files, 'bytes of files': bytes };
}

async function countExperiment({ to }: Import, entry: Entry): Promise<Counts> {
  const { experiment } = await to.ask('GET', `${API}/experiments/get`, { experiment_id: entry.to });
  return { experiments: 1, tags: unmarked(experiment.tags).length };
}

async function countRun(job: Import, { to: id }: Entry): Promise<Counts> {
  const { run } = await job.to.ask('GET', `${API}/runs/get`, { run_id: id });
  let points = 0;
  for (const { key } of run.data.metrics ?? []) {
    const args = { run_id: id, metric_key: key, max_results: HISTORY_PAGE };
    for await (const _ of job.to.pages('GET', `${API}/metrics/get-history`, args, 'metrics'))
      points += 1;
  }
  return {
    runs: 1,
    'points of metrics': points,
    params: run.data.params?.length ?? 0,
    tags: plainTags(run.data.tags).length,
    datasets: run.inputs?.dataset_inputs?.length ?? 0,
    ...(await filesHere(job, ['run_id', id])),
  };
}

async function countLoggedModel(job: Import, { to: id }: Entry): Promise<Counts> {
  const { model } = await job.to.ask('GET', `${API}/logged-models/${id}`);
  return {
    'logged models': 1,
    params: model.data?.params?.length ?? 0,
    tags: modelTags(model.info.tags).length,
    ...(await filesHere(job, ['model_id', id])),
  };
}

async function countModel(job: Import, { to: name }: Entry): Promise<Counts> {
  const { registered_model: model } = await job.to.ask('GET', `${API}/registered-models/get`, {
    name,
  });
  const versions = await versionsOf(job.to, name);
  return sumOf([
    {
      'registered models': 1,
      tags: unmarked(model.tags).length,
      aliases: model.aliases?.length ?? 0,
    },
    ...versions.map(({ tags }) => ({ versions: 1, tags: unmarked(tags).length })),
  ]);
}

async function countLinks({ to }: Import, entry: Entry): Promise<Counts> {
  const { run } = await to.ask('GET', `${API}/runs/get`, { run_id: entry.to });
  const { inputs = {}, outputs = {} } = run;
  const models = [inputs.model_inputs, outputs.model_outputs].map((all) => all?.length ?? 0);
  return { 'links to models': models.reduce((sum, count) => sum + count, 0) };
}

const COUNTERS = [
  ['experiment', countExperiment],
  ['run', countRun],
  ['loggedModel', countLoggedModel],
  ['linked', countLinks],
  ['registeredModel', countModel],
] as const;

/** What was read there, from the journal, and what is here. */
export async function countBoth(
  job: Import,
): Promise<{ there: Required<Counts>; here: Required<Counts> }> {
  const here: Counts[] = [];
  for (const [kind, count] of COUNTERS) {
    await eachOf(job.journal.all(kind), job.atOnce, async (entry) => {
      here.push(await count(job, entry));
    });
  }
  const kinds = [...COUNTERS.map(([kind]) => kind), 'version' as const];
  const read = kinds.flatMap((kind) => job.journal.all(kind).map(({ counts = {} }) => counts));
  return { there: sumOf(read), here: sumOf(here) };
}
