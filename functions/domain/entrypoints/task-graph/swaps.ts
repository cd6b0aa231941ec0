import type { ChosenGraph, Graph, Step, Swap, SwapStep, TaskStep } from './ast.ts';
import { referencesOfCall } from './references.ts';

/** The alias that is chosen for each swap, by the swap's name. */
export type Choices = ReadonlyMap<string, string>;

/** The swaps of a graph in the order in which they were written. */
export function swapsOf(graph: Graph): readonly { readonly step: SwapStep; readonly swap: Swap }[] {
  return [...graph.steps.values()].flatMap((step) =>
    step.kind === 'swap' ? step.swaps.map((swap) => ({ step, swap })) : [],
  );
}

/** The first alias of each swap. */
export function defaultChoices(graph: Graph): Choices {
  return new Map(swapsOf(graph).map(({ swap }) => [swap.name, [...swap.choices.keys()][0] ?? '']));
}

/** The step as it runs; undefined when nothing is chosen for it. */
export function chosenStep(step: Step, choices: Choices): TaskStep | undefined {
  if (step.kind === 'task') return step;
  const [swap] = step.swaps;
  const invocation = swap?.choices.get(choices.get(swap.name) ?? '');
  if (swap === undefined || invocation === undefined) return undefined;
  const { name, dependencies, source } = step;
  return { kind: 'task', name, dependencies, source, invocation, outputs: swap.outputs };
}

/** The graph as it runs under choices that are complete. */
export function chosenGraph({ steps, source }: Graph, choices: Choices): ChosenGraph {
  const chosen = [...steps.values()].flatMap((step) => chosenStep(step, choices) ?? []);
  return { steps: new Map(chosen.map((step) => [step.name, step])), source };
}

/** The choices that differ from the default ones in one swap, each with the step that they change. */
export function* singleChanges(
  graph: Graph,
): Generator<{ readonly choices: Choices; readonly step: TaskStep }> {
  const defaults = defaultChoices(graph);
  for (const { step, swap } of swapsOf(graph)) {
    for (const alias of [...swap.choices.keys()].slice(1)) {
      const choices = new Map(defaults).set(swap.name, alias);
      const changed = chosenStep(step, choices);
      if (changed) yield { choices, step: changed };
    }
  }
}

/** What one choice of a swap means, for those who have no graph at hand. */
export type SwapChoice = {
  readonly swap: string;
  readonly alias: string;
  readonly task: string;
  /** Names that the choice takes from outside: parameters and artifact parameters. */
  readonly uses: readonly string[];
};

/** All choices of a graph, in order. */
export function swapChoices(graph: Graph): readonly SwapChoice[] {
  return swapsOf(graph).flatMap(({ swap }) =>
    [...swap.choices].map(([alias, invocation]) => {
      const roots = referencesOfCall(invocation).map((reference) => reference.root);
      const uses = [...new Set(roots)].filter((root) => !graph.steps.has(root));
      return { swap: swap.name, alias, task: invocation.task, uses };
    }),
  );
}
