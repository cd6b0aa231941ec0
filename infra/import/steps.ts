/** The steps of an import, in their order: what is named by others comes first, deletions last. */
import { experimentsOf, importExperiment } from './experiments.ts';
import { API, type Import } from './import.ts';
import { importLoggedModel, loggedModelsOf } from './logged-models.ts';
import { eachOf } from './parallel.ts';
import { importModel, registeredModelsOf } from './registry.ts';
import { importRun, linkModels, runsOf } from './runs.ts';
import type { Message } from './server.ts';

const DELETED = 'deleted';

async function remove(job: Import, kind: 'experiment' | 'run', from: string): Promise<void> {
  const entry = job.journal.get(kind, from);
  const mark = `${kind} ${from}`;
  if (entry === undefined || job.journal.get('deleted', mark) !== undefined) return;
  const path = `${API}/${kind}s`;
  const args = { [`${kind}_id`]: entry.to };
  const found = (await job.to.ask('GET', `${path}/get`, args))[kind];
  const { lifecycle_stage: stage } = found.info ?? found;
  if (stage !== DELETED) await job.to.ask('POST', `${path}/delete`, args);
  job.journal.add({ kind: 'deleted', from: mark, to: entry.to });
}

async function importRuns(job: Import, experiments: readonly Message[]): Promise<void> {
  for (const { experiment_id: id } of experiments) {
    await eachOf(runsOf(job, id), job.atOnce, (run) => importRun(job, run));
  }
}

async function importLoggedModels(job: Import, experiments: readonly Message[]): Promise<void> {
  for (const { experiment_id: id } of experiments) {
    await eachOf(loggedModelsOf(job, id), job.atOnce, (model) => importLoggedModel(job, model));
  }
}

/** Runs may use models of other experiments, so all of them are here by now. */
async function linkAllModels(job: Import, experiments: readonly Message[]): Promise<void> {
  for (const { experiment_id: id } of experiments) {
    await eachOf(runsOf(job, id), job.atOnce, (run) => linkModels(job, run));
  }
}

/** Versions that were copied from those of another model come after that. */
async function importRegistry(job: Import): Promise<void> {
  const models: Message[] = [];
  for await (const model of registeredModelsOf(job)) models.push(model);
  const isCopied = ({ latest_versions: latest = [] }: Message): boolean =>
    latest.some(({ source = '' }: Message) => /^models:\/+(?!m-)/.test(source));
  const [first, then] = [models.filter((one) => !isCopied(one)), models.filter(isCopied)];
  await eachOf(first, job.atOnce, (model) => importModel(job, model));
  await eachOf(then, 1, (model) => importModel(job, model));
}

/** The runs of a deleted experiment are deleted with it, and come back with it. */
async function removeDeleted(job: Import, experiments: readonly Message[]): Promise<void> {
  for (const experiment of experiments) {
    const { experiment_id: id, lifecycle_stage: stage } = experiment;
    if (stage === DELETED) await remove(job, 'experiment', id);
    else {
      await eachOf(runsOf(job, id), job.atOnce, async ({ info }) => {
        if (info.lifecycle_stage === DELETED) await remove(job, 'run', info.run_id);
      });
    }
  }
}

/** Imports everything that is not here yet. */
export async function importAll(job: Import): Promise<void> {
  job.progress.stage('experiments');
  const experiments: Message[] = [];
  for await (const experiment of experimentsOf(job)) {
    experiments.push(experiment);
    await importExperiment(job, experiment);
  }
  job.progress.stage('runs');
  await importRuns(job, experiments);
  job.progress.stage('logged models');
  await importLoggedModels(job, experiments);
  await linkAllModels(job, experiments);
  job.progress.stage('registered models');
  await importRegistry(job);
  job.progress.stage('what is deleted there');
  await removeDeleted(job, experiments);
}
