import type { Analysis } from './result-rows.ts';

/** A result was worked out anew then, because the exposures said so many people. */
export interface Renewal {
  readonly people: number;
  readonly at: number;
}

export const REST_MS = 30_000;
/** A result is kept to save work: one that misses fewer than this share tells the same. */
const MISSED = 0.01;

type Totals = { readonly [variant: string]: number };

/** People of the variants that a result compares. */
export const exposedPeople = ({ baseline, variant_results: others }: Analysis, totals: Totals) =>
  [baseline, ...others].reduce((sum, { key }) => sum + (totals[key] ?? 0), 0);

/**
 * Whether a kept result contradicts the exposures, so that it must be worked out anew. Some
 * metrics count fewer people for good: hence once for each number of them, and never often.
 */
export function isBehind(
  result: Analysis & { readonly is_cached: boolean },
  totals: Totals,
  last: Renewal | undefined,
  now: number,
): boolean {
  if (!result.is_cached) return false;
  const exposed = exposedPeople(result, totals);
  const counted = [result.baseline, ...result.variant_results].reduce(
    (sum, { number_of_samples: people }) => sum + people,
    0,
  );
  if (exposed - counted <= exposed * MISSED) return false;
  return last === undefined || (last.people !== exposed && now - last.at >= REST_MS);
}
