import type { EntrypointSource } from '#domain/entrypoints/task-graph/index.ts';

export type GraphCase = {
  readonly id: string;
  /** What we say of it; missing where only the engine knows. */
  readonly valid?: boolean;
  readonly taskGraph: string;
  readonly change?: Partial<EntrypointSource>;
  /** Why the engine says the opposite. */
  readonly differs?: string;
};

export const good = (
  id: string,
  taskGraph: string,
  change?: Partial<EntrypointSource>,
): GraphCase => ({
  id,
  valid: true,
  taskGraph,
  ...(change && { change }),
});
export const bad = (
  id: string,
  taskGraph: string,
  change?: Partial<EntrypointSource>,
): GraphCase => ({
  ...good(id, taskGraph, change),
  valid: false,
});

/** One of which the engine says the opposite. */
export const deliberately = (differs: string, graphCase: GraphCase): GraphCase => ({
  ...graphCase,
  differs,
});
