import type { EntrypointSource } from '#domain/entrypoints/task-graph/index.ts';

export type GraphCase = {
  readonly id: string;
  readonly valid: boolean;
  readonly taskGraph: string;
  readonly change?: Partial<EntrypointSource>;
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
