import type { GraphIssue } from './ast.ts';
import type { JsonMap, JsonValue } from './json.ts';
import { mistypedDefaults, renderParameters } from './parameter-values.ts';
import { parseArtifactGraph, parseGraph } from './parse-graph.ts';
import { usedNames } from './references.ts';
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
  /** Defaults that are not of the type of their parameter, by parameter. */
  | {
      readonly kind: 'parameter_types';
      readonly message: string;
      readonly parameters: readonly EntrypointParameter[];
    };

export type EngineDocumentResult =
  | { readonly ok: true; readonly document: EngineDocument }
  | { readonly ok: false; readonly issue: RenderIssue };

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

function mistyped({ parameters }: EntrypointSource): RenderIssue | undefined {
  const wrong = mistypedDefaults(parameters);
  if (wrong.length === 0) return undefined;
  const names = wrong.map((parameter) => `${parameter.name} (${parameter.parameterType})`);
  const message = `default values of another type than their parameter: ${names.join(', ')}`;
  return { kind: 'parameter_types', message, parameters: wrong };
}

/**
 * Renders the document that the engine runs, with all choices of its swaps. Parameters that nothing
 * refers to are left out, unless `keep` is `all`: that is for checks when an entrypoint is saved.
 */
export function renderEngineDocument(
  source: EntrypointSource,
  keep: 'referenced' | 'all' = 'referenced',
): EngineDocumentResult {
  const parsed = parseGraph(source.taskGraph);
  if (!parsed.ok) return { ok: false, issue: { ...parsed.issue, where: 'task_graph' } };
  const kept = parseArtifactGraph(source.artifactGraph);
  if (!kept.ok) return { ok: false, issue: { ...kept.issue, where: 'artifact_graph' } };
  const issue = mistyped(source);
  if (issue) return { ok: false, issue };
  const used = usedNames(parsed.graph, kept.artifacts);
  const { tasks, types, artifactParameters } = surroundingsOf(source);
  const parameters = source.parameters.filter(({ name }) => keep === 'all' || used.has(name));
  const document: EngineDocument = {
    types: Object.fromEntries(types),
    parameters: renderParameters(parameters),
    tasks: toRecord(tasks, renderTask),
    graph: parsed.graph.source,
    artifact_outputs: kept.artifacts.source,
    artifact_inputs: toRecord(artifactParameters, renderOutputs),
  };
  return { ok: true, document };
}
