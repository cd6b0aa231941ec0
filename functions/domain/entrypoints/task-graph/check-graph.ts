import type { ArtifactGraph, Graph } from './ast.ts';
import { checkInvocations, checkTasksKnown } from './check-invocation.ts';
import {
  checkArtifactReferences,
  checkDependencies,
  checkGraphReferences,
} from './check-references.ts';
import { listed, repeated, semanticError, type ValidationIssue } from './issues.ts';
import type { Surroundings } from './surroundings.ts';
import { topologicalSort } from './topological-sort.ts';
import { checkTypeNames } from './types.ts';

/** Names that references could not tell apart from `step.output`, or not name at all. */
function checkNames(graph: Graph, surroundings: Surroundings): readonly ValidationIssue[] {
  const named = [
    ...[...graph.steps.keys()].map((name) => ({ name, what: 'Step' })),
    ...[...surroundings.parameters].map((name) => ({ name, what: 'Parameter' })),
  ];
  return named.flatMap(({ name, what }) => {
    if (name.trim() === '') return [semanticError(`${what} names must not be blank: "${name}"`)];
    if (!name.includes('.')) return [];
    return [semanticError(`${what} "${name}": a name with a dot cannot be told from step.output`)];
  });
}

/** Names of inputs and outputs, and the Python names of tasks. */
function checkTasks(surroundings: Surroundings): readonly ValidationIssue[] {
  return [...surroundings.tasks].flatMap(([name, task]) => {
    const parts = task.plugin.split('.');
    const inputs = repeated(task.inputs.map((input) => input.name));
    const outputs = repeated(task.outputs.map((output) => output.name));
    const faults = [
      ...(inputs.length > 0 ? [`inputs with the same name: ${listed(inputs)}`] : []),
      ...(outputs.length > 0 ? [`outputs with the same name: ${listed(outputs)}`] : []),
      ...(parts.length < 2 || parts.includes('')
        ? [`"${task.plugin}" is no module and function`]
        : []),
    ];
    return faults.map((fault) => semanticError(`In task "${name}": ${fault}`));
  });
}

function checkCycle(graph: Graph): readonly ValidationIssue[] {
  const sorted = topologicalSort(graph);
  return sorted.ok
    ? []
    : [semanticError(`Steps need each other in a circle: ${sorted.cycle.join(' -> ')}`)];
}

/** Checks that need every name to mean one thing. */
function checkMeaning(
  graph: Graph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  const clashes = [...surroundings.parameters].filter((name) => graph.steps.has(name));
  if (clashes.length > 0) {
    return [semanticError(`Names of both a parameter and a step: ${listed(clashes)}`)];
  }
  const broken = [...checkGraphReferences(graph, surroundings), ...checkDependencies(graph)];
  return [
    ...broken,
    ...checkArtifactReferences(artifacts, graph, surroundings),
    // A circle through references that mean nothing is no finding of its own.
    ...(broken.length > 0 ? [] : checkCycle(graph)),
  ];
}

/**
 * Everything that can be said about a graph without typing its values. A step whose task is unknown
 * ends the checks of calls and references, which would only repeat it.
 */
export function checkGraph(
  graph: Graph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  const unknownTasks = checkTasksKnown(graph, surroundings);
  const calls =
    unknownTasks.length > 0
      ? unknownTasks
      : [...checkInvocations(graph, surroundings), ...checkMeaning(graph, artifacts, surroundings)];
  return [
    ...checkNames(graph, surroundings),
    ...checkTasks(surroundings),
    ...calls,
    ...checkTypeNames(surroundings),
  ];
}
