import type { Graph } from './ast.ts';
import { predecessorsOf } from './references.ts';

export type TopologicalOrder =
  | { readonly ok: true; readonly order: readonly string[] }
  /** A cycle, each step needing the one before it; the first step is repeated at the end. */
  | { readonly ok: false; readonly cycle: readonly string[] };

/**
 * Nodes in the order in which they were first mentioned, a step before the steps that it needs:
 * ties are resolved as the engine resolves them, so that the order shown is the order of the run.
 */
function mentionOrder(needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...new Set([...needs].flatMap(([name, before]) => [name, ...before]))];
}

/** Walks from need to need among the steps that cannot run until it meets a step again. */
function findCycle(
  needs: ReadonlyMap<string, readonly string[]>,
  stuck: ReadonlySet<string>,
): readonly string[] {
  const path: string[] = [];
  const places = new Map<string, number>();
  let [current] = stuck;
  while (current !== undefined && !places.has(current)) {
    places.set(current, path.length);
    path.push(current);
    current = needs.get(current)?.find((name) => stuck.has(name));
  }
  const start = current === undefined ? 0 : (places.get(current) ?? 0);
  const loop = path.slice(start).reverse();
  return [...loop, ...loop.slice(0, 1)];
}

/** The order in which the engine runs the steps. Dependencies on unknown steps are left aside. */
export function topologicalSort(graph: Pick<Graph, 'steps'>): TopologicalOrder {
  const needs = new Map(
    [...graph.steps.values()].map((step) => [step.name, predecessorsOf(graph, step)] as const),
  );
  const open = new Map([...needs].map(([name, before]) => [name, before.length]));
  const followers = new Map<string, string[]>();
  for (const [name, before] of needs) {
    for (const earlier of before) {
      const known = followers.get(earlier);
      if (known) known.push(name);
      else followers.set(earlier, [name]);
    }
  }
  const order = mentionOrder(needs).filter((name) => open.get(name) === 0);
  // The list grows while it is walked: what a finished step releases is appended.
  for (const done of order) {
    for (const name of followers.get(done) ?? []) {
      const left = (open.get(name) ?? 0) - 1;
      open.set(name, left);
      if (left === 0) order.push(name);
    }
  }
  if (order.length === graph.steps.size) return { ok: true, order };
  const done = new Set(order);
  const stuck = new Set([...needs.keys()].filter((name) => !done.has(name)));
  return { ok: false, cycle: findCycle(needs, stuck) };
}
