import { outputsOf, spotOf } from './arguments.ts';
import type { ArtifactGraph, ChosenGraph, Reference, TaskStep } from './ast.ts';
import { listed, semanticError, type ValidationIssue } from './issues.ts';
import { referencesOf } from './references.ts';
import type { Surroundings } from './surroundings.ts';

/** Whether one of several outputs, the only one, or none is meant. */
function checkOutput(
  reference: Reference,
  outputs: readonly string[],
  owner: string,
): string | undefined {
  if (reference.output !== null) {
    if (outputs.includes(reference.output)) return undefined;
    const known = outputs.length > 0 ? `its outputs are ${listed(outputs)}` : 'it has no outputs';
    return `${owner} has no output "${reference.output}"; ${known}`;
  }
  if (outputs.length === 1) return undefined;
  return outputs.length === 0
    ? `${owner} has no output to refer to`
    : `${owner} has several outputs (${listed(outputs)}); say which one`;
}

/** What is wrong with one reference; steps come before parameters, parameters before artifacts. */
function checkReference(
  reference: Reference,
  graph: ChosenGraph,
  surroundings: Surroundings,
): string | undefined {
  const step = graph.steps.get(reference.root);
  if (step) {
    const outputs = outputsOf(step, surroundings)?.map((output) => output.name);
    return outputs && checkOutput(reference, outputs, `step "${step.name}"`);
  }
  if (surroundings.parameters.has(reference.root)) {
    return reference.output === null
      ? undefined
      : `parameter "${reference.root}" is a value without outputs`;
  }
  const artifact = surroundings.artifactParameters.get(reference.root);
  if (artifact) {
    const names = artifact.map((output) => output.name);
    return checkOutput(reference, names, `artifact "${reference.root}"`);
  }
  return `"${reference.root}" is neither a step nor a parameter nor an artifact`;
}

/** References of a step that mean nothing or not enough. */
export function checkStepReferences(
  step: TaskStep,
  graph: ChosenGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  return referencesOf(step).flatMap((reference) => {
    const fault = checkReference(reference, graph, surroundings);
    if (fault === undefined) return [];
    const text = `In step "${step.name}", reference $${reference.text}: ${fault}`;
    return [semanticError(text, [spotOf(graph, step)])];
  });
}

/** The same for what becomes an artifact. */
export function checkArtifactReferences(
  artifacts: ArtifactGraph,
  graph: ChosenGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  return [...artifacts.outputs.values()].flatMap(({ name, contents }) => {
    if (contents.kind === 'literal') return [];
    const fault = checkReference(contents, graph, surroundings);
    return fault === undefined
      ? []
      : [semanticError(`In artifact output "${name}", reference $${contents.text}: ${fault}`)];
  });
}

/** Declared dependencies on steps that do not exist. */
export function checkDependencies(graph: ChosenGraph): readonly ValidationIssue[] {
  return [...graph.steps.values()].flatMap((step) => {
    const unknown = new Set(step.dependencies.filter((name) => !graph.steps.has(name)));
    return unknown.size === 0
      ? []
      : [
          semanticError(`Step "${step.name}" depends on unknown steps: ${listed(unknown)}`, [
            spotOf(graph, step),
          ]),
        ];
  });
}
