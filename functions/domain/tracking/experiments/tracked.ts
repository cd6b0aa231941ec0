import { type Experiment, experimentChangedOn } from '#domain/experiments/index.ts';
import { versionOf } from '#domain/resources/index.ts';
import { etagOf } from '#kernel/etag.ts';
import type { Item } from '#kernel/table.ts';
import type { Entry } from '../schemas.ts';
import { groupOfDefault } from './experiment-ids.ts';
import { readSide } from './side.items.ts';

/** An experiment as MLflow's clients see it. */
export interface TrackedExperiment {
  readonly id: number;
  readonly groupId: number;
  readonly name: string;
  readonly createdOn: number;
  readonly changedOn: number;
  readonly deleted: boolean;
  /** Where its runs keep their files, when that is not here. */
  readonly artifactRoot?: string;
  /** Those that clients gave it, and what else tags tell. */
  readonly tags: readonly Entry[];
}

/** The version of an experiment as MLflow's clients see it, its tags included. */
export const trackedTag = (experiment: Experiment, item: Item | undefined): string =>
  etagOf(experiment.id, versionOf(experiment), readSide(item).version);

/** What tags show of an experiment whatever clients gave it. */
export interface Shown {
  readonly id: number;
  readonly description: string;
  /** Set where a client of MLflow's made it. */
  readonly madeBy?: string;
}

export const NOTE_TAG = 'mlflow.note.content';
const LINK_TAG = 'assay.experiment';

/**
 * All tags: an experiment that was not made by a client of MLflow's has the way to it in Dioptra's
 * API, and its description as the note of MLflow's pages, unless clients gave it these tags.
 */
export function allTags(
  { id, description, madeBy }: Shown,
  own: readonly Entry[],
): readonly Entry[] {
  const shown = [
    ...(madeBy === undefined && groupOfDefault(id) === undefined
      ? [{ key: LINK_TAG, value: `/api/v1/experiments/${id}` }]
      : []),
    ...(description === '' ? [] : [{ key: NOTE_TAG, value: description }]),
  ];
  return [...own, ...shown.filter(({ key }) => !own.some((tag) => tag.key === key))];
}

/** What was kept with an experiment when it was made. */
export const keptOf = ({ kept }: Pick<Experiment, 'kept'>) => ({
  ...(kept?.artifactRoot === undefined ? {} : { artifactRoot: kept.artifactRoot }),
  ...(kept?.madeBy === undefined ? {} : { madeBy: kept.madeBy }),
});

export function toTracked(experiment: Experiment, own: readonly Entry[]): TrackedExperiment {
  const { artifactRoot, madeBy } = keptOf(experiment);
  const { id, groupId, createdOn, data } = experiment;
  const shown = { id, description: data.description, ...(madeBy === undefined ? {} : { madeBy }) };
  return {
    id,
    groupId,
    name: data.name,
    createdOn,
    changedOn: experimentChangedOn(experiment),
    deleted: experiment.deletedOn !== undefined,
    ...(artifactRoot === undefined ? {} : { artifactRoot }),
    tags: allTags(shown, own),
  };
}
