import type { ArtifactGraph, Graph, GraphIssue } from './ast.ts';
import type { JsonMap, JsonValue } from './json.ts';
import { castParameterValue, mistypedDefaults, type ParameterType } from './parameter-values.ts';
import { parseArtifactGraph, parseGraph } from './parse-graph.ts';
import { referencedParameters } from './references.ts';
import {
  type EntrypointParameter,
  type EntrypointSource,
  surroundingsOf,
  type TaskOutput,
  type TaskSignature,
} from './surroundings.ts';

/** What the task engine runs: the answer of `/config`. */
export type EngineDocument = {
  readonly types: JsonMap;
  readonly parameters: JsonMap;
  readonly tasks: JsonMap;
  readonly graph: JsonMap;
  readonly artifact_outputs: JsonMap;
  readonly artifact_inputs: JsonMap;
};

export type RenderIssue =
  | (GraphIssue & { readonly where: 'task_graph' | 'artifact_graph' })
  /** Swaps that nobody has chosen for yet, by name. */
  | {
      readonly kind: 'unresolved_swaps';
      readonly message: string;
      readonly swaps: readonly string[];
    }
  /** Defaults that are not of the type of their parameter, by parameter. */
  | {
      readonly kind: 'parameter_types';
      readonly message: string;
      readonly parameters: readonly EntrypointParameter[];
    };

export type EngineDocumentResult =
  | { readonly ok: true; readonly document: EngineDocument }
  | { readonly ok: false; readonly issue: RenderIssue };

/** The engine's name for a parameter's type; lists and mappings are typed by their default. */
const engineTypes: Partial<Record<ParameterType, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  float: 'number',
};

const toRecord = <T, R extends JsonValue>(
  entries: Iterable<readonly [string, T]>,
  render: (value: T) => R,
): JsonMap => Object.fromEntries([...entries].map(([name, value]) => [name, render(value)]));

function renderOutputs(outputs: readonly TaskOutput[]): JsonValue {
  const rendered = outputs.map((output) => ({ [output.name]: output.type }));
  return rendered.length === 1 ? (rendered[0] ?? {}) : rendered;
}

function renderTask({ plugin, inputs, outputs }: TaskSignature): JsonMap {
  return {
    plugin,
    ...(inputs.length > 0 && { inputs }),
    ...(outputs.length > 0 && { outputs: renderOutputs(outputs) }),
  };
}

function renderParameter(parameter: EntrypointParameter): JsonMap {
  const type = engineTypes[parameter.parameterType];
  const text = parameter.defaultValue;
  const cast = text === null ? undefined : castParameterValue(parameter.parameterType, text);
  return { ...(cast?.ok && { default: cast.value }), ...(type !== undefined && { type }) };
}

/** Names of the swaps of a graph, in order. */
export function swapNames(graph: Graph): readonly string[] {
  const steps = [...graph.steps.values()];
  return steps.flatMap((step) => (step.kind === 'swap' ? step.swaps.map((swap) => swap.name) : []));
}

/** Names used by the steps and, unlike in the original, those that only artifact outputs use. */
function usedNames(graph: Graph, artifacts: ArtifactGraph): ReadonlySet<string> {
  const kept = [...artifacts.outputs.values()].flatMap(({ contents }) =>
    contents.kind === 'reference' ? [contents.root] : [],
  );
  return new Set([...referencedParameters(graph), ...kept]);
}

function whatForbids(source: EntrypointSource, graph: Graph): RenderIssue | undefined {
  const swaps = swapNames(graph);
  if (swaps.length > 0) {
    const message = `the graph has swaps without a choice: ${swaps.join(', ')}`;
    return { kind: 'unresolved_swaps', message, swaps };
  }
  const parameters = mistypedDefaults(source.parameters);
  if (parameters.length === 0) return undefined;
  const names = parameters.map((parameter) => `${parameter.name} (${parameter.parameterType})`);
  const message = `default values of another type than their parameter: ${names.join(', ')}`;
  return { kind: 'parameter_types', message, parameters };
}

/**
 * Renders the document that the engine runs. Parameters that nothing refers to are left out, unless
 * `keep` is `all`: that is for checks when an entrypoint is saved.
 */
export function renderEngineDocument(
  source: EntrypointSource,
  keep: 'referenced' | 'all' = 'referenced',
): EngineDocumentResult {
  const parsed = parseGraph(source.taskGraph);
  if (!parsed.ok) return { ok: false, issue: { ...parsed.issue, where: 'task_graph' } };
  const kept = parseArtifactGraph(source.artifactGraph);
  if (!kept.ok) return { ok: false, issue: { ...kept.issue, where: 'artifact_graph' } };
  const issue = whatForbids(source, parsed.graph);
  if (issue) return { ok: false, issue };
  const used = usedNames(parsed.graph, kept.artifacts);
  const { tasks, types, artifactParameters } = surroundingsOf(source);
  const parameters = source.parameters.filter(({ name }) => keep === 'all' || used.has(name));
  const document: EngineDocument = {
    types: Object.fromEntries(types),
    parameters: toRecord(
      parameters.map((p) => [p.name, p] as const),
      renderParameter,
    ),
    tasks: toRecord(tasks, renderTask),
    graph: parsed.graph.source,
    artifact_outputs: kept.artifacts.source,
    artifact_inputs: toRecord(artifactParameters, renderOutputs),
  };
  return { ok: true, document };
}
