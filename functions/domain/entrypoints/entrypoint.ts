import { type Bound, namedKind, type Resource } from '#domain/resources/index.ts';
import type { EntrypointParameter } from './task-graph/index.ts';

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

/** What was derived when it was saved, so that a job needs nothing but this snapshot. */
export interface Compiled {
  /** The engine document as JSON text: a table keeps neither the order of keys nor `1.0`. */
  readonly config: string;
  /** Parameters and artifact parameters that the graphs refer to. */
  readonly usedParameters: readonly string[];
  /** By the name of the artifact output. */
  readonly artifactTasks: { readonly [output: string]: ArtifactWriter };
  /** The steps in the order in which the engine runs them. */
  readonly stepOrder: readonly string[];
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
