import { spotOf } from './arguments.ts';
import type { Graph, Invocation, Step, Swap } from './ast.ts';
import { listed, repeated, semanticError, typeError, type ValidationIssue } from './issues.ts';
import { graphLimits } from './limits.ts';
import type { Spot } from './places.ts';
import type { Surroundings } from './surroundings.ts';
import { swapsOf } from './swaps.ts';

type Call = {
  readonly invocation: Invocation;
  readonly where: string;
  readonly spots: readonly Spot[];
};

const whereOf = (step: Step, swap: Swap, alias: string): string =>
  `In step "${step.name}", swap "${swap.name}", choice "${alias}"`;

/** Every call that the graph can make. */
function callsOf(graph: Graph): readonly Call[] {
  return [...graph.steps.values()].flatMap((step): readonly Call[] => {
    const spot = spotOf(graph, step);
    if (step.kind === 'task') {
      const { invocation } = step;
      return [{ invocation, where: `In step "${step.name}"`, spots: [spot] }];
    }
    return step.swaps.flatMap((swap) =>
      [...swap.choices].map(([alias, invocation]) => ({
        invocation,
        where: whereOf(step, swap, alias),
        spots: [{ within: swap.source, key: alias }, spot],
      })),
    );
  });
}

/** Calls of tasks that no bound plugin offers. */
function checkTasksKnown(graph: Graph, { tasks }: Surroundings): readonly ValidationIssue[] {
  return callsOf(graph).flatMap(({ invocation: { task }, where, spots }) =>
    tasks.has(task)
      ? []
      : [semanticError(`${where}: no bound plugin has a task named "${task}"`, spots)],
  );
}

/** Whether each choice of a swap puts out what the swap promises, all of the same types. */
function checkOutputs(step: Step, swap: Swap, { tasks }: Surroundings): readonly ValidationIssue[] {
  const known = [...swap.choices].flatMap(([alias, { task }]) => {
    const types = tasks.get(task)?.outputs.map((output) => output.type);
    return types === undefined ? [] : [{ alias, task, types }];
  });
  const wanted = swap.outputs.length;
  const counts = known.flatMap(({ alias, task, types }) => {
    if (types.length === wanted) return [];
    const fault = `task "${task}" has ${types.length} outputs, and "?outputs" names ${wanted}`;
    return [
      typeError(`${whereOf(step, swap, alias)}: ${fault}`, [{ within: swap.source, key: alias }]),
    ];
  });
  const kinds = new Set(known.map(({ types }) => JSON.stringify(types)));
  if (kinds.size < 2) return counts;
  const shown = [...kinds].slice(0, 3).join(' and ');
  const text = `In step "${step.name}", swap "${swap.name}": outputs of different types: ${shown}`;
  return [...counts, typeError(text, [{ within: step.source, key: `?${swap.name}` }])];
}

/** Whether names of swaps are unique, steps have one at most, and there are not too many choices. */
function checkNumbers(graph: Graph): readonly ValidationIssue[] {
  const swaps = swapsOf(graph);
  const again = repeated(swaps.map(({ swap }) => swap.name));
  const choices = swaps.reduce((sum, { swap }) => sum + swap.choices.size, 0);
  const several = [...graph.steps.values()].flatMap((step) => {
    if (step.kind === 'task' || step.swaps.length < 2) return [];
    const names = listed(step.swaps.map((swap) => swap.name));
    return [
      semanticError(`Step "${step.name}" has more than one swap: ${names}`, [spotOf(graph, step)]),
    ];
  });
  return [
    ...(again.length > 0
      ? [semanticError(`More than one swap has the same name: ${listed(again)}`)]
      : []),
    ...several,
    ...(choices > graphLimits.choices
      ? [semanticError(`The swaps offer ${choices} choices, more than ${graphLimits.choices}`)]
      : []),
  ];
}

/** What can be said about the tasks that a graph names and about its swaps before one is chosen. */
export function checkSwaps(graph: Graph, surroundings: Surroundings): readonly ValidationIssue[] {
  return [
    ...checkTasksKnown(graph, surroundings),
    ...swapsOf(graph).flatMap(({ step, swap }) => checkOutputs(step, swap, surroundings)),
    ...checkNumbers(graph),
  ];
}
