import { type Bound, namedKind, type Resource } from '#domain/resources/index.ts';
import type { EntrypointParameter, SwapChoice } from './task-graph/index.ts';

/** A value that an artifact is read into; `parameterType` is the id of a type. */
export interface ArtifactParameter {
  readonly name: string;
  readonly outputParams: readonly { readonly name: string; readonly parameterType: number }[];
}

/** Who writes an artifact output: a task of a plugin as it was bound. */
export interface ArtifactWriter {
  readonly task: string;
  readonly pluginSnapshotId: number;
  readonly taskId: number;
}

/** What people say of an entrypoint. */
export interface EntrypointText {
  readonly name: string;
  readonly description: string;
  /** YAML. */
  readonly taskGraph: string;
  readonly artifactGraph: string;
  readonly parameters: readonly EntrypointParameter[];
  readonly artifactParameters: readonly ArtifactParameter[];
}

/** A choice of a swap, with the snapshot of the file that its task is in. */
export interface BoundChoice extends SwapChoice {
  readonly fileSnapshotId: number;
}

/** What was derived when it was saved, so that a job needs nothing but this snapshot. */
export interface Compiled {
  /**
   * The engine document as JSON text: a table keeps neither the order of keys nor `1.0`. It has all
   * choices of its swaps.
   */
  readonly config: string;
  /** Parameters that the graphs refer to whatever is chosen. */
  readonly usedParameters: readonly string[];
  /** By the name of the artifact output. */
  readonly artifactTasks: { readonly [output: string]: ArtifactWriter };
  /** The choices of all swaps; missing where there are none. */
  readonly swaps?: readonly BoundChoice[];
}

export interface EntrypointData extends EntrypointText, Compiled {
  readonly plugins: readonly Bound[];
  readonly artifactPlugins: readonly Bound[];
}

/** `links.queues` are the queues that its jobs may wait in. */
export type Entrypoint = Resource<EntrypointData>;

export const entrypointKind = namedKind<EntrypointData>('entry_point', {
  keptWhenDeleted: true,
  order: 'snapshot',
  summary: ({ data }) => ({
    name: data.name,
    description: data.description,
    task_graph: data.taskGraph,
    artifact_graph: data.artifactGraph,
  }),
  searchable: ['name', 'description', 'task_graph', 'artifact_graph', 'tag'],
});

export const queueIds = (entrypoint: Entrypoint): readonly number[] =>
  entrypoint.links.queues ?? [];
