import { type EntrypointData, offeredSwaps } from '#domain/entrypoints/index.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { ChosenSwap, JobData } from '../job.ts';
import type { SwapWish } from './choose-swaps.ts';

/** Most entrypoints have no swaps, and starts of the API count every kilobyte. */
const choices = loadOnce(() => import('./choose-swaps.ts'));

/** What a job runs in the place of each swap. Throws as `chooseSwaps`. */
export async function jobSwaps(
  entrypoint: EntrypointData,
  wishes: readonly SwapWish[],
): Promise<readonly ChosenSwap[]> {
  if (wishes.length === 0 && offeredSwaps(entrypoint).length === 0) return [];
  const { chooseSwaps } = await choices();
  return chooseSwaps(entrypoint, wishes);
}

/** The alias of each swap by the swap's name. */
export const choicesOf = ({ swaps = [] }: Pick<JobData, 'swaps'>): ReadonlyMap<string, string> =>
  new Map(swaps.map(({ swap, alias }) => [swap, alias]));
