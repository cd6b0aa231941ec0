import type { Graph, Invocation } from './ast.ts';
import { semanticError, type ValidationIssue } from './issues.ts';
import type { Surroundings, TaskInput } from './surroundings.ts';

/** Inputs by name; a repeated name counts once, at its first place. */
function distinctInputs(inputs: readonly TaskInput[]): readonly TaskInput[] {
  return [...new Map(inputs.map((input) => [input.name, input])).values()];
}

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

/** Whether the calls of all steps fit the inputs of their tasks, types aside. */
export function checkInvocations(
  graph: Graph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  return [...graph.steps.values()].flatMap((step) => {
    if (step.kind === 'swap') return [];
    const task = surroundings.tasks.get(step.invocation.task);
    return faultsOf(step.invocation, task?.inputs ?? []).map((fault) =>
      semanticError(`In step "${step.name}", call of task "${step.invocation.task}": ${fault}`),
    );
  });
}

/** Steps whose task no bound plugin offers. */
export function checkTasksKnown(
  graph: Graph,
  surroundings: Surroundings,
): readonly ValidationIssue[] {
  return [...graph.steps.values()].flatMap((step) => {
    if (step.kind === 'swap' || surroundings.tasks.has(step.invocation.task)) return [];
    return [
      semanticError(
        `In step "${step.name}": no bound plugin has a task named "${step.invocation.task}"`,
      ),
    ];
  });
}
