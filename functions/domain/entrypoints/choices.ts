import type { BoundChoice, EntrypointData } from './entrypoint.ts';
import type { Choices } from './task-graph/index.ts';

/** The choices of swaps that an entrypoint offers. */
export const offeredSwaps = ({ swaps }: Pick<EntrypointData, 'swaps'>): readonly BoundChoice[] =>
  swaps ?? [];

const isChosen = (choices: Choices, { swap, alias }: BoundChoice): boolean =>
  choices.get(swap) === alias;

/** The parameters that the graph refers to under complete choices. */
export function usedParameters(
  data: Pick<EntrypointData, 'parameters' | 'usedParameters' | 'swaps'>,
  choices: Choices,
): ReadonlySet<string> {
  const chosen = offeredSwaps(data).filter((choice) => isChosen(choices, choice));
  const used = new Set([...data.usedParameters, ...chosen.flatMap(({ uses }) => uses)]);
  return new Set(data.parameters.map(({ name }) => name).filter((name) => used.has(name)));
}
