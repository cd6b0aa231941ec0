import { API, type Import, isMarked, isTaken, markOf, unmarked } from './import.ts';
import type { Message } from './server.ts';

/** Every server has it, so it is taken over into the one that is here. */
const DEFAULT = '0';
const PAGE = 1_000;

/** All experiments there, deleted ones too. */
export const experimentsOf = ({ from }: Import): AsyncIterable<Message> =>
  from.pages(
    'POST',
    `${API}/experiments/search`,
    { max_results: PAGE, view_type: 'ALL' },
    'experiments',
  );

/** The id here of an experiment that an earlier start made; throws where somebody else did. */
async function findAgain(job: Import, source: Message): Promise<string> {
  const args = { experiment_name: source.name };
  const { experiment } = await job.to.ask('GET', `${API}/experiments/get-by-name`, args);
  const { experiment_id: id, tags, lifecycle_stage: stage } = experiment;
  if (isMarked(tags, markOf(job, 'experiments', source.experiment_id))) {
    if (stage === 'deleted')
      await job.to.ask('POST', `${API}/experiments/restore`, { experiment_id: id });
    return id;
  }
  throw new Error(
    `An experiment "${source.name}" is here already, and it was not imported from ${job.from.url}.\n` +
      'Rename one of both, or import into another workspace (--workspace); nothing of it was changed.',
  );
}

async function create(job: Import, source: Message): Promise<string> {
  const tags = [...unmarked(source.tags), markOf(job, 'experiments', source.experiment_id)];
  try {
    const made = await job.to.ask('POST', `${API}/experiments/create`, { name: source.name, tags });
    return made.experiment_id;
  } catch (error) {
    if (!isTaken(error)) throw error;
    return findAgain(job, source);
  }
}

async function fillDefault({ to }: Import, { tags }: Message): Promise<string> {
  for (const { key, value } of unmarked(tags)) {
    await to.ask('POST', `${API}/experiments/set-experiment-tag`, {
      experiment_id: DEFAULT,
      key,
      value,
    });
  }
  return DEFAULT;
}

/** Makes the experiment, or finds the one that was made. Its id is the server's to choose. */
export async function importExperiment(job: Import, source: Message): Promise<void> {
  const { experiment_id: from, tags } = source;
  if (job.journal.get('experiment', from) !== undefined) return;
  const to = await (from === DEFAULT ? fillDefault : create)(job, source);
  job.journal.add({
    kind: 'experiment',
    from,
    to,
    counts: { experiments: 1, tags: unmarked(tags).length },
  });
  job.progress.add({ experiments: 1 });
}
