import {
  type ParameterTypeData,
  type PluginData,
  parameterTypeKind,
  pluginsAt,
  typeIdsOf,
} from '#domain/plugins/index.ts';
import { type Bound, listResources, readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Binding } from './bind.ts';
import type { EntrypointText } from './entrypoint.ts';
import type { BoundPlugin, EntrypointSource, JsonValue } from './task-graph/index.ts';

/** A plugin at the version that is bound. */
export type BoundData = Bound & { readonly data: PluginData };

/** What the names of types mean: the group's living ones, and those that are in use. */
interface Types {
  readonly structures: ReadonlyMap<string, JsonValue>;
  readonly nameOf: (id: number) => string;
}

const TYPES_AT_ONCE = 1_000;

async function readTypes(ctx: Context, groupId: number, used: readonly number[]): Promise<Types> {
  const structures = new Map<string, JsonValue>();
  const names = new Map<number, string>();
  const remember = (id: number, { name, structure }: ParameterTypeData) => {
    names.set(id, name);
    structures.set(name, structure as JsonValue);
  };
  // Living types come later, so that they win over a deleted one of the same name.
  for (const [id, type] of await readRefs(ctx, used)) remember(id, type.data as ParameterTypeData);
  for (let index = 0; ; index += TYPES_AT_ONCE) {
    const page = { groupId, index, pageLength: TYPES_AT_ONCE };
    const { rows, total } = await listResources(ctx, parameterTypeKind, page);
    for (const { id, data } of rows) remember(id, data);
    if (index + TYPES_AT_ONCE >= total) break;
  }
  return { structures, nameOf: (id) => names.get(id) ?? `type ${id}` };
}

type Param = { readonly name: string; readonly parameterType: number };
const typed =
  (types: Types) =>
  <P extends Param>(param: P): Omit<P, 'parameterType'> & { readonly parameterType: string } => ({
    ...param,
    parameterType: types.nameOf(param.parameterType),
  });

const boundPlugin =
  (types: Types) =>
  ({ data }: BoundData): BoundPlugin => ({
    name: data.name,
    files: data.files.map(({ filename, tasks }) => ({
      filename,
      functionTasks: tasks.functions.map((task) => ({
        name: task.name,
        inputParams: task.inputParams.map(typed(types)),
        outputParams: task.outputParams.map(typed(types)),
      })),
    })),
  });

/** Everything that decides what an entrypoint runs, read at once. */
export interface Inputs {
  readonly source: EntrypointSource;
  readonly plugins: readonly BoundData[];
  readonly artifactPlugins: readonly BoundData[];
}

export async function readInputs(
  ctx: Context,
  groupId: number,
  text: EntrypointText,
  binding: Binding,
): Promise<Inputs> {
  const [plugins, artifactPlugins] = await Promise.all([
    pluginsAt(ctx, binding.plugins),
    pluginsAt(ctx, binding.artifactPlugins),
  ]);
  const outputs = text.artifactParameters.flatMap((parameter) => parameter.outputParams);
  const used = [
    ...typeIdsOf(plugins.flatMap(({ data }) => data.files.map(({ tasks }) => tasks))),
    ...outputs.map((param) => param.parameterType),
  ];
  const types = await readTypes(ctx, groupId, used);
  const source: EntrypointSource = {
    taskGraph: text.taskGraph,
    artifactGraph: text.artifactGraph,
    parameters: text.parameters,
    artifactParameters: text.artifactParameters.map(({ name, outputParams }) => ({
      name,
      outputParams: outputParams.map(typed(types)),
    })),
    plugins: plugins.map(boundPlugin(types)),
    types: types.structures,
  };
  return { source, plugins, artifactPlugins };
}
