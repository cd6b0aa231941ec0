import type { JsonValue } from './json.ts';
import type { ParameterType } from './parameter-types.ts';
import { type TypeRegistry, typeRegistry } from './typing/registry.ts';
import { builtin } from './typing/type.ts';

export type TaskInput = {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
};
export type TaskOutput = { readonly name: string; readonly type: string };

/** What a step can call. */
export type TaskSignature = {
  /** Dotted Python name: plugin, modules, function. */
  readonly plugin: string;
  readonly inputs: readonly TaskInput[];
  readonly outputs: readonly TaskOutput[];
};

/** What the names in a graph can mean, apart from its own steps. */
export type Surroundings = {
  readonly parameters: ReadonlyMap<string, EntrypointParameter>;
  readonly tasks: ReadonlyMap<string, TaskSignature>;
  /** Artifact parameters and their outputs. */
  readonly artifactParameters: ReadonlyMap<string, readonly TaskOutput[]>;
  /** Structures of the types that are not built in, as far as they mean something. */
  readonly types: ReadonlyMap<string, JsonValue>;
  readonly registry: TypeRegistry;
};

export type NamedType = { readonly name: string; readonly parameterType: string };

export type FunctionTask = {
  readonly name: string;
  readonly inputParams: readonly (NamedType & { readonly required: boolean })[];
  readonly outputParams: readonly NamedType[];
};

/** A plugin as an entrypoint binds it; its artifact tasks are no part of the engine document. */
export type BoundPlugin = {
  readonly name: string;
  readonly files: readonly {
    readonly filename: string;
    readonly functionTasks: readonly FunctionTask[];
  }[];
};

export type EntrypointParameter = {
  readonly name: string;
  readonly parameterType: ParameterType;
  readonly defaultValue: string | null;
};

/** Everything that decides what an entrypoint runs. */
export type EntrypointSource = {
  readonly taskGraph: string;
  readonly artifactGraph: string;
  readonly parameters: readonly EntrypointParameter[];
  readonly artifactParameters: readonly {
    readonly name: string;
    readonly outputParams: readonly NamedType[];
  }[];
  readonly plugins: readonly BoundPlugin[];
  /** All types of the group by name; built-in ones may be among them. */
  readonly types: ReadonlyMap<string, JsonValue>;
};

/** `plugin.folder.module.function`; `__init__.py` stands for its folder. */
function pluginCoordinate(plugin: string, filename: string, task: string): string {
  const parts = filename.replace(/\.py$/, '').split('/');
  if (parts.at(-1) === '__init__') parts.pop();
  return [plugin, ...parts, task].join('.');
}

const outputsOf = (params: readonly NamedType[]): readonly TaskOutput[] =>
  params.map(({ name, parameterType }) => ({ name, type: parameterType }));

/** The function tasks of the bound plugins by name; of two with one name the later wins. */
function tasksOf(plugins: readonly BoundPlugin[]): ReadonlyMap<string, TaskSignature> {
  const files = plugins.flatMap((plugin) => plugin.files.map((file) => ({ plugin, file })));
  const tasks = files.flatMap(({ plugin, file }) =>
    file.functionTasks.map((task): readonly [string, TaskSignature] => [
      task.name,
      {
        plugin: pluginCoordinate(plugin.name, file.filename, task.name),
        inputs: task.inputParams.map(({ name, parameterType, required }) => ({
          name,
          type: parameterType,
          required,
        })),
        outputs: outputsOf(task.outputParams),
      },
    ]),
  );
  return new Map(tasks);
}

/** What the names in the graphs of an entrypoint can mean. */
export function surroundingsOf(source: EntrypointSource): Surroundings {
  const tasks = tasksOf(source.plugins);
  const definitions = new Map([...source.types].filter(([name]) => !Object.hasOwn(builtin, name)));
  const registry = typeRegistry(definitions);
  return {
    parameters: new Map(source.parameters.map((parameter) => [parameter.name, parameter])),
    tasks,
    artifactParameters: new Map(
      source.artifactParameters.map(({ name, outputParams }) => [name, outputsOf(outputParams)]),
    ),
    // One definition that means nothing must not spoil the entrypoints that have no use for it.
    types: new Map([...definitions].filter(([name]) => registry.types.has(name))),
    registry,
  };
}
