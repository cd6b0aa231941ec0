import { createHash } from 'node:crypto';
import { key, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';
import { entriesOf, pairs, runKeys } from '../run.items.ts';
import type { Entry } from '../schemas.ts';

/** Names may be longer than keys: what an item is about stands in its key as a hash. */
const hashOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const inExperiment = (experimentId: number, what: string): string =>
  `${prefix.run}#EXP#${experimentId}#${what}`;

export const inputKeys = {
  /** That a run used a dataset. */
  dataset: (runId: string, name: string, digest: string): Key =>
    key(runKeys.partition(runId), `N#D#${hashOf(name, digest)}`),
  model: (runId: string, modelId: string): Key => key(runKeys.partition(runId), `N#M#${modelId}`),
  output: (runId: string, modelId: string): Key => key(runKeys.partition(runId), `O#${modelId}`),
  /** The dataset itself, once for all runs of the experiment. */
  content: (experimentId: number, name: string, digest: string): Key =>
    key(inExperiment(experimentId, 'DATASETS'), hashOf(name, digest)),
  /** That a dataset was used in a context. */
  use: (experimentId: number, name: string, digest: string, context: string): Key =>
    key(inExperiment(experimentId, 'USES'), hashOf(name, digest, context)),
  uses: (experimentId: number): string => inExperiment(experimentId, 'USES'),
};

export const datasetItem = (
  runId: string,
  { name, digest, tags }: { name: string; digest: string; tags: readonly Entry[] },
): Item => ({ ...inputKeys.dataset(runId, name, digest), name, digest, entries: pairs(tags) });

export const datasetOf = (item: Item) => ({
  name: item.name as string,
  digest: item.digest as string,
  tags: entriesOf(item),
});

export const inputModelOf = ({ sk }: Item): string => sk.slice('N#M#'.length);

export const outputModelOf = (item: Item) => ({
  modelId: item.sk.slice('O#'.length),
  step: item.step as number,
});
