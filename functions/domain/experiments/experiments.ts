import {
  changeResource,
  createResource,
  type NameRule,
  namedKind,
  type Resource,
} from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Write } from '#kernel/table.ts';

/** What all dialects call an experiment: a scope for jobs and runs. */
export interface ExperimentData {
  readonly name: string;
  readonly description: string;
}

/** `links.entrypoints` are the entrypoints that its jobs may use. */
export type Experiment = Resource<ExperimentData>;

/** When an experiment was last changed, deleted or restored. */
export const experimentChangedOn = ({ snapshotOn, deletedOn = 0, restoredOn = 0 }: Experiment) =>
  Math.max(snapshotOn, deletedOn, restoredOn);

export const experimentKind = namedKind<ExperimentData>('experiment', {
  keptWhenDeleted: true,
  order: 'snapshot',
  listed: (experiment) => ({
    ...experiment.kept,
    madeOn: experiment.createdOn,
    changedOn: experimentChangedOn(experiment),
  }),
});

export const entrypointIds = (experiment: Experiment): readonly number[] =>
  experiment.links.entrypoints ?? [];

const unique = (ids: readonly number[]): readonly number[] => [...new Set(ids)];

/** Whoever calls it has looked the entrypoints up. */
export const createExperiment = (
  ctx: Context,
  input: ExperimentData & {
    readonly groupId: number;
    readonly entrypoints: readonly number[];
    readonly kept?: { readonly [name: string]: string };
    readonly nameRule?: NameRule;
  },
  more?: (experiment: Experiment) => readonly Write[],
): Promise<Experiment> => {
  const { name, description, entrypoints, ...rest } = input;
  const links = { entrypoints: unique(entrypoints) };
  return createResource(ctx, experimentKind, { ...rest, data: { name, description }, links }, more);
};

/** Replaces name, description and the entrypoints. */
export const changeExperiment = (
  ctx: Context,
  id: number,
  input: ExperimentData & { readonly entrypoints: readonly number[] },
): Promise<Experiment> =>
  changeResource(ctx, experimentKind, id, ({ links }) => ({
    data: { name: input.name, description: input.description },
    links: { ...links, entrypoints: unique(input.entrypoints) },
  }));

/** Changes which entrypoints jobs may use; makes no snapshot. */
export const linkEntrypoints = (
  ctx: Context,
  id: number,
  change: (current: readonly number[]) => readonly number[],
): Promise<Experiment> =>
  changeResource(ctx, experimentKind, id, (experiment) => ({
    links: { ...experiment.links, entrypoints: unique(change(entrypointIds(experiment))) },
  }));
