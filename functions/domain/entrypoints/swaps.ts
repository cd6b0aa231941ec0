import { pluginsAt } from '#domain/plugins/index.ts';
import { type Bound, getSnapshot } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { loadOnce } from '#kernel/load-once.ts';
import { offeredSwaps, usedParameters } from './choices.ts';
import { type BoundChoice, entrypointKind } from './entrypoint.ts';
import { renderedDocument } from './render.ts';
import type { Choices, EntrypointParameter } from './task-graph/index.ts';

/** YAML's parser is large, and only those who look into a graph need it. */
const graphs = loadOnce(() => import('./task-graph/read-chosen.ts'));

/** The choices of all swaps of a version. */
export async function listSwaps(
  ctx: Context,
  id: number,
  snapshotId: number,
): Promise<readonly BoundChoice[]> {
  return offeredSwaps((await getSnapshot(ctx, entrypointKind, id, snapshotId)).data);
}

/** What a version needs and uses under choices of its swaps. */
export interface ChosenNeeds {
  readonly groupId: number;
  /** Parameters that the graph refers to. */
  readonly parameters: readonly EntrypointParameter[];
  /** The steps in the order in which the engine runs them. */
  readonly order: readonly string[];
  /** Plugins with a task that is called. */
  readonly plugins: readonly (Bound & { readonly name: string })[];
}

/** Throws `invalid` (`swaps_unresolved`). */
export async function chosenNeeds(
  ctx: Context,
  id: number,
  snapshotId: number,
  choices: Choices,
): Promise<ChosenNeeds> {
  const { data, resource } = await getSnapshot(ctx, entrypointKind, id, snapshotId);
  const { tasks } = renderedDocument(data, choices);
  const bound = await pluginsAt(ctx, data.plugins);
  const { readChosen } = await graphs();
  const { calls, order } = readChosen(data.taskGraph, choices);
  const coordinates = calls.map((task) => (tasks[task] as { readonly plugin?: string }).plugin);
  const active = new Set(coordinates.map((coordinate) => coordinate?.split('.')[0]));
  const used = usedParameters(data, choices);
  return {
    groupId: resource.groupId,
    parameters: data.parameters.filter(({ name }) => used.has(name)),
    order,
    plugins: bound.flatMap(({ id: plugin, snapshot, data: { name } }) =>
      active.has(name) ? [{ id: plugin, snapshot, name }] : [],
    ),
  };
}
