import { parseGraph } from './parse-graph.ts';
import { type Choices, chosenGraph } from './swaps.ts';
import { topologicalSort } from './topological-sort.ts';

/** The tasks that a sound graph calls under complete choices, and the order of its steps. */
export function readChosen(
  taskGraph: string,
  choices: Choices,
): { readonly calls: readonly string[]; readonly order: readonly string[] } {
  const parsed = parseGraph(taskGraph);
  if (!parsed.ok) return { calls: [], order: [] };
  const graph = chosenGraph(parsed.graph, choices);
  const sorted = topologicalSort(graph);
  return {
    calls: [...graph.steps.values()].map((step) => step.invocation.task),
    order: sorted.ok ? sorted.order : [],
  };
}
