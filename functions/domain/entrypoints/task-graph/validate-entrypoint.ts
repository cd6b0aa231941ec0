import type { ArtifactGraph, Graph, GraphIssue } from './ast.ts';
import { checkCombinations } from './check-combinations.ts';
import { checkCycle } from './check-graph.ts';
import { checkSwaps } from './check-swaps.ts';
import { issueMessage, schemaError, type ValidationIssue } from './issues.ts';
import { parseArtifactGraph, parseGraph } from './parse-graph.ts';
import { missingGlobalParameters } from './references.ts';
import { type EntrypointSource, type Surroundings, surroundingsOf } from './surroundings.ts';
import { checkTypeStructures } from './typing/check-definitions.ts';

/** The findings of one validation in the groups that Dioptra's clients know. */
export type EntrypointIssues = {
  readonly schemaIssues: readonly string[];
  readonly swapIssues: readonly string[];
  readonly renderedValidationErrors: readonly string[];
  readonly missingGlobalParams: readonly string[];
};

export type EntrypointValidation =
  | { readonly kind: 'valid'; readonly graph: Graph; readonly artifacts: ArtifactGraph }
  /** The task graph is empty or no YAML: an error of its own. */
  | { readonly kind: 'unreadable'; readonly issue: GraphIssue }
  | { readonly kind: 'invalid'; readonly issues: EntrypointIssues };

const none: EntrypointIssues = {
  schemaIssues: [],
  swapIssues: [],
  renderedValidationErrors: [],
  missingGlobalParams: [],
};

const invalid = (issues: Partial<EntrypointIssues>): EntrypointValidation => ({
  kind: 'invalid',
  issues: { ...none, ...issues },
});

function graphIssueMessage({ kind, message, line, column }: GraphIssue): string {
  const place = line === undefined || column === undefined ? undefined : { line, column };
  const issue = { severity: 'error', text: message, spots: [] } as const;
  return issueMessage(
    { ...issue, kind: kind === 'invalid_yaml' ? 'syntax' : 'schema' },
    () => place,
  );
}

/** Faults in the parts of the engine document that come from elsewhere than the graphs. */
function checkDocumentShape(
  source: EntrypointSource,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  const untyped = source.parameters.filter(
    ({ parameterType, defaultValue }) =>
      defaultValue === null && (parameterType === 'list' || parameterType === 'mapping'),
  );
  return [
    ...(surroundings.tasks.size > 0 ? [] : [schemaError('No bound plugin has a task')]),
    ...untyped.map(({ name, parameterType }) =>
      schemaError(`Parameter "${name}" of type ${parameterType} needs a default value`),
    ),
    ...checkTypeStructures(surroundings),
  ];
}

/**
 * Checks an entrypoint. `lint` looks at the form of its parts, the tasks that it names and the
 * interfaces of its swaps; `save` at everything but the defaults of parameters.
 */
export function validateEntrypoint(
  source: EntrypointSource,
  depth: 'lint' | 'save' = 'save',
): EntrypointValidation {
  const parsed = parseGraph(source.taskGraph);
  if (!parsed.ok && parsed.issue.kind !== 'schema')
    return { kind: 'unreadable', issue: parsed.issue };
  const kept = parseArtifactGraph(source.artifactGraph);
  const surroundings = surroundingsOf(source);
  const schemaIssues = [
    ...(parsed.ok ? [] : [graphIssueMessage(parsed.issue)]),
    ...(kept.ok ? [] : [graphIssueMessage(kept.issue)]),
    ...checkDocumentShape(source, surroundings).map((issue) => issueMessage(issue)),
  ];
  if (!parsed.ok || !kept.ok || schemaIssues.length > 0) return invalid({ schemaIssues });
  const { graph, placeOf } = parsed;
  const { artifacts } = kept;
  const early = checkSwaps(graph, surroundings).map((issue) => issueMessage(issue, placeOf));
  if (early.length > 0) return invalid({ swapIssues: early });
  if (depth === 'lint') return { kind: 'valid', graph, artifacts };
  const issues = {
    swapIssues: checkCycle(graph).map((issue) => issueMessage(issue, placeOf)),
    renderedValidationErrors: checkCombinations(graph, artifacts, surroundings, placeOf),
    missingGlobalParams: missingGlobalParameters(graph, [
      ...surroundings.parameters.keys(),
      ...surroundings.artifactParameters.keys(),
    ]),
  };
  return Object.values(issues).some((list) => list.length > 0)
    ? invalid(issues)
    : { kind: 'valid', graph, artifacts };
}
