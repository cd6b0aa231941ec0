import { distinctInputs, spotOf } from './arguments.ts';
import type { ChosenGraph, Invocation, TaskStep } from './ast.ts';
import { semanticError, type ValidationIssue } from './issues.ts';
import type { Surroundings, TaskInput } from './surroundings.ts';

function faultsOf(invocation: Invocation, declared: readonly TaskInput[]): readonly string[] {
  const inputs = distinctInputs(declared);
  const given = invocation.positional.length;
  const byPosition = inputs.slice(0, given).map((input) => input.name);
  const known = new Set(inputs.map((input) => input.name));
  const faults: string[] = [];
  if (given > inputs.length) {
    faults.push(`too many positional arguments, ${given} for ${inputs.length} inputs`);
  }
  for (const name of invocation.keyword.keys()) {
    if (!known.has(name)) faults.push(`no input is named "${name}"`);
  }
  for (const name of byPosition) {
    if (invocation.keyword.has(name))
      faults.push(`input "${name}" is given twice, by place and by name`);
  }
  for (const { name, required } of inputs.slice(given)) {
    if (required && !invocation.keyword.has(name))
      faults.push(`input "${name}" is required and missing`);
  }
  return faults;
}

/** Whether the call of a step fits the inputs of its task, types aside. */
export function checkInvocation(
  step: TaskStep,
  graph: ChosenGraph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  const task = surroundings.tasks.get(step.invocation.task);
  return faultsOf(step.invocation, task?.inputs ?? []).map((fault) =>
    semanticError(`In step "${step.name}", call of task "${step.invocation.task}": ${fault}`, [
      spotOf(graph, step),
    ]),
  );
}
