import { type Argument, argumentsOf, outputsOf, spotOf } from '../arguments.ts';
import type { ChosenGraph, Reference, TaskStep } from '../ast.ts';
import { typeError, type ValidationIssue } from '../issues.ts';
import { castParameterValue, engineTypes } from '../parameter-values.ts';
import type { EntrypointParameter, Surroundings, TaskOutput } from '../surroundings.ts';
import { isCompatible } from './compatible.ts';
import { type Effort, newEffort, TooMuchEffort } from './effort.ts';
import { typeOfExpression, typeOfValue } from './infer.ts';
import { builtin, showType, type Type } from './type.ts';

/** What the checks of one graph share. */
export type TypeCheck = {
  readonly surroundings: Surroundings;
  readonly effort: Effort;
  readonly parameterTypes: Map<string, Type>;
};

export const newTypeCheck = (surroundings: Surroundings): TypeCheck => ({
  surroundings,
  effort: newEffort(),
  parameterTypes: new Map(),
});

const named = (check: TypeCheck, name: string): Type =>
  check.surroundings.registry.types.get(name) ?? builtin.any;

/** The declared type, or that of the default: lists and mappings have no other. */
function parameterType(check: TypeCheck, parameter: EntrypointParameter): Type {
  const before = check.parameterTypes.get(parameter.name);
  if (before !== undefined) return before;
  const declared = engineTypes[parameter.parameterType];
  const cast =
    declared === undefined && parameter.defaultValue !== null
      ? castParameterValue(parameter.parameterType, parameter.defaultValue)
      : undefined;
  const type =
    cast?.ok === true ? typeOfValue(cast.value, check.effort) : named(check, declared ?? 'any');
  check.parameterTypes.set(parameter.name, type);
  return type;
}

function outputType(check: TypeCheck, { output }: Reference, outputs: readonly TaskOutput[]): Type {
  const meant = output === null ? outputs[0] : outputs.find(({ name }) => name === output);
  return named(check, meant?.type ?? 'any');
}

/** The type of what a sound reference means; steps come first, as in the check of references. */
function referenceType(check: TypeCheck, graph: ChosenGraph, reference: Reference): Type {
  const { surroundings } = check;
  const step = graph.steps.get(reference.root);
  if (step) return outputType(check, reference, outputsOf(step, surroundings) ?? []);
  const parameter = surroundings.parameters.get(reference.root);
  if (parameter) return parameterType(check, parameter);
  const artifact = surroundings.artifactParameters.get(reference.root);
  return outputType(check, reference, artifact ?? []);
}

function checkArgument(
  check: TypeCheck,
  graph: ChosenGraph,
  step: TaskStep,
  { input, expression, spots }: Argument,
): ValidationIssue | undefined {
  const places = [...spots, spotOf(graph, step)];
  const where = `In step "${step.name}", input "${input.name}" of task "${step.invocation.task}"`;
  try {
    const resolve = (reference: Reference) => referenceType(check, graph, reference);
    const given = typeOfExpression(expression, resolve, check.effort);
    const wanted = named(check, input.type);
    if (isCompatible(given, wanted, check.effort)) return undefined;
    return typeError(`${where}: it takes ${showType(wanted)}, not ${showType(given)}`, places);
  } catch (error) {
    if (!(error instanceof TooMuchEffort)) throw error;
    return typeError(`${where}: the types in this graph are too large to be compared`, places);
  }
}

/**
 * Whether the arguments of a step are of the types that its task takes. Needs a graph without other
 * faults. Ends where types are too large to be compared.
 */
export function checkStepTypes(
  check: TypeCheck,
  graph: ChosenGraph,
  step: TaskStep,
): readonly ValidationIssue[] {
  const task = check.surroundings.tasks.get(step.invocation.task);
  const issues: ValidationIssue[] = [];
  for (const argument of argumentsOf(step.invocation, task?.inputs ?? [])) {
    if (check.effort.left < 0) break;
    const issue = checkArgument(check, graph, step, argument);
    if (issue) issues.push(issue);
  }
  return issues;
}
