import { type EntrypointData, offeredSwaps } from '#domain/entrypoints/index.ts';
import { invalid } from '#kernel/errors.ts';
import type { ChosenSwap } from '../job.ts';

/** A choice as a caller makes it. */
export interface SwapWish {
  readonly swap: string;
  readonly alias: string;
}

/**
 * One choice for each swap of the entrypoint, by the names of the swaps. Throws `invalid`
 * (`swap_choice`, `swaps_unspecified`).
 */
export function chooseSwaps(
  entrypoint: EntrypointData,
  wishes: readonly SwapWish[],
): readonly ChosenSwap[] {
  const offered = offeredSwaps(entrypoint);
  const found = wishes.map((wish) => ({
    wish,
    choice: offered.find(({ swap, alias }) => swap === wish.swap && alias === wish.alias),
  }));
  const strange = found.filter(({ choice }) => choice === undefined);
  if (strange.length > 0) {
    const shown = strange.map(({ wish }) => `${wish.alias} of ${wish.swap}`).join(', ');
    throw invalid('swap_choice', `swaps: the entrypoint does not offer ${shown}.`);
  }
  const chosen = new Set(wishes.map(({ swap }) => swap));
  const open = [...new Set(offered.map(({ swap }) => swap))].filter((swap) => !chosen.has(swap));
  if (open.length > 0) {
    throw invalid('swaps_unspecified', `swaps: nothing is chosen for ${open.join(', ')}.`);
  }
  return found
    .flatMap(({ choice }) => choice ?? [])
    .map(({ swap, alias, task, fileSnapshotId }) => ({ swap, alias, task, fileSnapshotId }))
    .sort((one, other) => (one.swap < other.swap ? -1 : 1));
}
