/**
 * Exponential moving average without the pull to zero at its beginning (as Adam corrects its moments).
 * What is no number stays a gap, and what comes after it goes on with what was before.
 */
export function smoothed(
  values: readonly (number | null)[],
  weight: number,
): readonly (number | null)[] {
  let average = 0;
  let share = 1;
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + value * (1 - weight);
    share *= weight;
    return average / (1 - share);
  });
}
