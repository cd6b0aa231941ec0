import {
  type ParameterTypeData,
  type PluginData,
  parameterTypeKind,
  pluginsAt,
  typeIdsOf,
} from '#domain/plugins/index.ts';
import { type Bound, listResources, readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { type AppError, invalid } from '#kernel/errors.ts';
import type { Binding } from './bind.ts';
import type { ArtifactWriter, Compiled, EntrypointText } from './entrypoint.ts';
import { entrypointInvalid } from './entrypoint-invalid.ts';
import {
  type ArtifactGraph,
  type BoundPlugin,
  type EntrypointSource,
  type Graph,
  type GraphIssue,
  type JsonValue,
  renderEngineDocument,
  renderedIssueMessage,
  topologicalSort,
  validateEntrypoint,
} from './task-graph/index.ts';

type BoundData = Bound & { readonly data: PluginData };

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

function unreadable({ kind, message, line, column }: GraphIssue): AppError {
  if (kind === 'empty') return invalid('empty_graph', 'taskGraph: it needs at least one step.');
  const place = line === undefined ? '' : ` (line ${line}, column ${column})`;
  return invalid('invalid_yaml', `taskGraph: no valid YAML: ${message}${place}.`);
}

/** Plugins become folders of a bundle, so two of one name would mix. */
function requireOwnNames(plugins: readonly BoundData[]): void {
  const names = plugins.map(({ data }) => data.name);
  const again = names.filter((name, index) => names.indexOf(name) !== index);
  if (again.length === 0) return;
  throw entrypointInvalid({
    schemaIssues: again.map((name) => `schema.error: Two bound plugins are named "${name}"`),
  });
}

function checked(source: EntrypointSource): { graph: Graph; artifacts: ArtifactGraph } {
  const outcome = validateEntrypoint(source);
  if (outcome.kind === 'unreadable') throw unreadable(outcome.issue);
  if (outcome.kind === 'invalid') throw entrypointInvalid(outcome.issues);
  return outcome;
}

/** Who writes each artifact output. Of two tasks with one name the later wins, as with steps. */
function artifactTasks(
  artifacts: ArtifactGraph,
  plugins: readonly BoundData[],
): Compiled['artifactTasks'] {
  const writers = new Map(
    plugins.flatMap(({ snapshot, data }) =>
      data.files.flatMap(({ tasks }) =>
        tasks.artifacts.map(({ id, name }): readonly [string, ArtifactWriter] => [
          name,
          { task: name, pluginSnapshotId: snapshot, taskId: id },
        ]),
      ),
    ),
  );
  const outputs = [...artifacts.outputs.values()];
  const unknown = outputs.filter(({ task }) => !writers.has(task.name));
  if (unknown.length > 0) {
    throw entrypointInvalid({
      renderedValidationErrors: unknown.map(({ name, task }) => {
        const text = `In artifact output "${name}": unknown artifact task "${task.name}"`;
        return renderedIssueMessage({ kind: 'semantic', severity: 'error', text }, new Map());
      }),
    });
  }
  return Object.fromEntries(
    outputs.flatMap(({ name, task }) => {
      const writer = writers.get(task.name);
      return writer === undefined ? [] : [[name, writer]];
    }),
  );
}

/**
 * Checks what an entrypoint runs and renders it. Throws `invalid` (`empty_graph`,
 * `invalid_yaml`, `entrypoint_invalid`).
 */
export async function compile(
  ctx: Context,
  groupId: number,
  text: EntrypointText,
  binding: Binding,
): Promise<Compiled> {
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
  const { graph, artifacts } = checked(source);
  requireOwnNames(plugins);
  requireOwnNames(artifactPlugins);
  const writers = artifactTasks(artifacts, artifactPlugins);
  return { ...rendered(source, graph), artifactTasks: writers };
}

function rendered(source: EntrypointSource, graph: Graph): Omit<Compiled, 'artifactTasks'> {
  const result = renderEngineDocument(source);
  if (!result.ok) {
    throw entrypointInvalid({ schemaIssues: [`schema.error: ${result.issue.message}`] });
  }
  const sorted = topologicalSort(graph);
  return {
    config: JSON.stringify(result.document),
    usedParameters: Object.keys(result.document.parameters),
    stepOrder: sorted.ok ? sorted.order : [],
  };
}
