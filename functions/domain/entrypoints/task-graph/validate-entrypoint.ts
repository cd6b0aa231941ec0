import type { ArtifactGraph, Graph, GraphIssue } from './ast.ts';
import { checkGraph } from './check-graph.ts';
import { checkTasksKnown } from './check-invocation.ts';
import { swapNames } from './engine-document.ts';
import {
  issueMessage,
  renderedIssueMessage,
  schemaError,
  semanticError,
  type ValidationIssue,
} from './issues.ts';
import { parseArtifactGraph, parseGraph } from './parse-graph.ts';
import { missingGlobalParameters } from './references.ts';
import { type EntrypointSource, type Surroundings, surroundingsOf } from './surroundings.ts';
import { checkTypeStructures } from './types.ts';

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

function at(issue: GraphIssue): string {
  return issue.line === undefined ? '' : ` (line ${issue.line}, column ${issue.column})`;
}

function graphIssueMessage(issue: GraphIssue): string {
  const kind = issue.kind === 'invalid_yaml' ? 'syntax' : 'schema';
  return issueMessage({ kind, severity: 'error', text: `${issue.message}${at(issue)}` });
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

function unresolvedSwaps(graph: Graph): readonly ValidationIssue[] {
  return swapNames(graph).map((name) =>
    semanticError(`Swap "${name}" has no choice, and graphs with swaps cannot be checked yet`),
  );
}

/** Checks an entrypoint before it is saved: all but its parameters' defaults and its values' types. */
export function validateEntrypoint(source: EntrypointSource): EntrypointValidation {
  const parsed = parseGraph(source.taskGraph);
  if (!parsed.ok && parsed.issue.kind !== 'schema')
    return { kind: 'unreadable', issue: parsed.issue };
  const kept = parseArtifactGraph(source.artifactGraph);
  const surroundings = surroundingsOf(source);
  const schemaIssues = [
    ...(parsed.ok ? [] : [graphIssueMessage(parsed.issue)]),
    ...(kept.ok ? [] : [graphIssueMessage(kept.issue)]),
    ...checkDocumentShape(source, surroundings).map(issueMessage),
  ];
  if (!parsed.ok || !kept.ok || schemaIssues.length > 0) return invalid({ schemaIssues });
  const { graph } = parsed;
  const early = [...checkTasksKnown(graph, surroundings), ...unresolvedSwaps(graph)];
  if (early.length > 0) return invalid({ swapIssues: early.map(issueMessage) });
  const found = checkGraph(graph, kept.artifacts, surroundings);
  const missingGlobalParams = missingGlobalParameters(graph, [
    ...surroundings.parameters,
    ...surroundings.artifactParameters.keys(),
  ]);
  if (found.length === 0 && missingGlobalParams.length === 0) {
    return { kind: 'valid', graph, artifacts: kept.artifacts };
  }
  const choices = new Map<string, string>();
  const renderedValidationErrors = found.map((issue) => renderedIssueMessage(issue, choices));
  return invalid({ renderedValidationErrors, missingGlobalParams });
}
