import { spotOf } from './arguments.ts';
import type { ArtifactGraph, ChosenGraph, Graph } from './ast.ts';
import { checkInvocation } from './check-invocation.ts';
import {
  checkArtifactReferences,
  checkDependencies,
  checkStepReferences,
} from './check-references.ts';
import { listed, repeated, semanticError, type ValidationIssue } from './issues.ts';
import type { Surroundings } from './surroundings.ts';
import { topologicalSort } from './topological-sort.ts';
import { checkTypeMeanings } from './typing/check-definitions.ts';

/** Names that references could not tell apart from `step.output`, or not name at all. */
function checkNames(graph: ChosenGraph, surroundings: Surroundings): readonly ValidationIssue[] {
  const named = [
    ...[...graph.steps.values()].map((step) => ({
      name: step.name,
      what: 'Step',
      spots: [spotOf(graph, step)],
    })),
    ...[...surroundings.parameters.keys()].map((name) => ({ name, what: 'Parameter', spots: [] })),
  ];
  return named.flatMap(({ name, what, spots }) => {
    if (name.trim() === '')
      return [semanticError(`${what} names must not be blank: "${name}"`, spots)];
    if (!name.includes('.')) return [];
    const text = `${what} "${name}": a name with a dot cannot be told from step.output`;
    return [semanticError(text, spots)];
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

/** Steps that need each other; of a graph with swaps, under some choices. */
export function checkCycle(graph: Pick<Graph, 'steps' | 'source'>): readonly ValidationIssue[] {
  const sorted = topologicalSort(graph);
  if (sorted.ok) return [];
  const [name = ''] = sorted.cycle;
  const text = `Steps need each other in a circle: ${sorted.cycle.join(' -> ')}`;
  return [semanticError(text, [spotOf(graph, { name })])];
}

/** Checks that need every name to mean one thing. */
function checkMeaning(
  graph: ChosenGraph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  const clashes = [...surroundings.parameters.keys()].filter((name) => graph.steps.has(name));
  if (clashes.length > 0) {
    return [semanticError(`Names of both a parameter and a step: ${listed(clashes)}`)];
  }
  const steps = [...graph.steps.values()];
  const broken = [
    ...steps.flatMap((step) => checkStepReferences(step, graph, surroundings)),
    ...checkDependencies(graph),
  ];
  return [
    ...broken,
    ...checkArtifactReferences(artifacts, graph, surroundings),
    // A circle through references that mean nothing is no finding of its own.
    ...(broken.length > 0 ? [] : checkCycle(graph)),
  ];
}

/** Everything that can be said about a graph, whose tasks are known, without typing its values. */
export function checkGraph(
  graph: ChosenGraph,
  artifacts: ArtifactGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  return [
    ...checkNames(graph, surroundings),
    ...checkTasks(surroundings),
    ...[...graph.steps.values()].flatMap((step) => checkInvocation(step, graph, surroundings)),
    ...checkMeaning(graph, artifacts, surroundings),
    ...checkTypeMeanings(surroundings),
  ];
}
