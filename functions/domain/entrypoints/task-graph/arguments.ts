import type { ChosenGraph, Expression, Invocation, TaskStep } from './ast.ts';
import { isJsonList, isJsonMap, property } from './json.ts';
import type { Spot } from './places.ts';
import type { Surroundings, TaskInput, TaskOutput } from './surroundings.ts';

/** A value that a call gives to an input. */
export type Argument = {
  readonly input: TaskInput;
  readonly expression: Expression;
  readonly spots: readonly Spot[];
};

/** Where a step was written. */
export const spotOf = (
  graph: Pick<ChosenGraph, 'source'>,
  step: { readonly name: string },
): Spot => ({
  within: graph.source,
  key: step.name,
});

/** Where the argument at a place, or of a name, was written. */
function spotsWithin({ form, task, source }: Invocation, key: number | string): readonly Spot[] {
  const entry = form !== 'mixed' ? task : typeof key === 'number' ? 'args' : 'kwargs';
  const holder = property(source, entry);
  const whole = { within: source, key: entry };
  if (!isJsonList(holder) && !isJsonMap(holder)) return [whole];
  return [{ within: holder, key: String(key) }, whole];
}

/** Inputs by name; a repeated name counts once, at its first place. */
export function distinctInputs(inputs: readonly TaskInput[]): readonly TaskInput[] {
  return [...new Map(inputs.map((input) => [input.name, input])).values()];
}

/** The arguments of a call with the inputs that they are for; what fits no input is left out. */
export function argumentsOf(
  invocation: Invocation,
  declared: readonly TaskInput[],
): readonly Argument[] {
  const inputs = distinctInputs(declared);
  const byName = new Map(inputs.map((input) => [input.name, input]));
  const given = [
    ...invocation.positional.map((expression, place) => ({
      input: inputs[place],
      expression,
      key: place,
    })),
    ...[...invocation.keyword].map(([name, expression]) => ({
      input: byName.get(name),
      expression,
      key: name,
    })),
  ];
  return given.flatMap(({ input, expression, key }) =>
    input === undefined ? [] : [{ input, expression, spots: spotsWithin(invocation, key) }],
  );
}

/** What others can refer to by the step's name; undefined when its task is unknown. */
export function outputsOf(
  step: TaskStep,
  surroundings: Surroundings,
): readonly TaskOutput[] | undefined {
  const outputs = surroundings.tasks.get(step.invocation.task)?.outputs;
  if (outputs === undefined || step.outputs === null) return outputs;
  return step.outputs.flatMap((name, place) => {
    const output = outputs[place];
    return output === undefined ? [] : [{ name, type: output.type }];
  });
}
