import { type Bound, type Kind, namedKind, type Resource } from '#domain/resources/index.ts';

/** A parameter of a task; `parameterType` is the id of a type. */
export interface OutputParam {
  readonly name: string;
  readonly parameterType: number;
}
export interface InputParam extends OutputParam {
  readonly required: boolean;
}

/** A function that steps of a graph can call. */
export interface FunctionTask {
  readonly id: number;
  readonly name: string;
  readonly inputParams: readonly InputParam[];
  readonly outputParams: readonly OutputParam[];
}

/** A class that writes artifacts and reads them back. */
export interface ArtifactTask {
  readonly id: number;
  readonly name: string;
  readonly outputParams: readonly OutputParam[];
}

export interface Tasks {
  readonly functions: readonly FunctionTask[];
  readonly artifacts: readonly ArtifactTask[];
}

/** Tasks as people declare them: without ids. */
export interface NewTasks {
  readonly functions: readonly Omit<FunctionTask, 'id'>[];
  readonly artifacts: readonly Omit<ArtifactTask, 'id'>[];
}

/** A file as a version of its plugin binds it. */
export interface BoundFile extends Bound {
  readonly filename: string;
  readonly tasks: Tasks;
}

export interface PluginData {
  readonly name: string;
  readonly description: string;
  readonly files: readonly BoundFile[];
}
export type Plugin = Resource<PluginData>;

export interface PluginFileData {
  readonly pluginId: number;
  readonly filename: string;
  readonly contents: string;
  readonly description: string;
  readonly tasks: Tasks;
}
export type PluginFile = Resource<PluginFileData>;

export const pluginKind = namedKind<PluginData>('plugin', {
  keptWhenDeleted: false,
  order: 'id',
});

/** The list of the files of a plugin. */
export const filesOf = (pluginId: number): string => `plugin:${pluginId}#plugin_file`;

export const pluginFileKind: Kind<PluginFileData> = {
  type: 'plugin_file',
  uniqueName: ({ data }) => ({
    scope: `plugin:${data.pluginId}`,
    name: data.filename,
    shown: { filename: data.filename, plugin_id: data.pluginId },
  }),
  keptWhenDeleted: false,
  lists: ({ data }) => [filesOf(data.pluginId)],
  order: 'id',
  summary: ({ data }) => ({
    filename: data.filename,
    description: data.description,
    contents: data.contents,
  }),
  searchable: ['filename', 'description', 'contents', 'tag'],
  sortable: {
    filename: 'filename',
    createdOn: 'createdOn',
    lastModifiedOn: 'lastModifiedOn',
    description: 'description',
  },
};

const paramsOf = ({ functions, artifacts }: NewTasks): readonly OutputParam[] => [
  ...functions.flatMap((task) => [...task.inputParams, ...task.outputParams]),
  ...artifacts.flatMap((task) => task.outputParams),
];

/** Ids of the types that tasks name, each once. */
export const typeIdsOf = (tasks: readonly NewTasks[]): readonly number[] => [
  ...new Set(tasks.flatMap(paramsOf).map((param) => param.parameterType)),
];
