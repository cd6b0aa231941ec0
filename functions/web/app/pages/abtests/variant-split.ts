import type { Variant } from './metric.ts';

/** Shares of two decimals that add up to 100, as even as can be. */
export function evenSplit(variants: readonly Variant[]): readonly Variant[] {
  const n = variants.length;
  if (n === 0) return [];
  const share = Math.floor(10_000 / n);
  const left = 10_000 - share * n;
  return variants.map((variant, at) => ({
    ...variant,
    rollout_percentage: (share + (at < left ? 1 : 0)) / 100,
  }));
}

export const sumOf = (variants: readonly Variant[]): number =>
  Number(variants.reduce((sum, { rollout_percentage: share }) => sum + share, 0).toFixed(6));

/** What is wrong with variants, in words; nothing where an experiment can be made of them. */
export function variantsProblem(
  variants: readonly Variant[],
  needsControl = true,
): string | undefined {
  const keys = variants.map(({ key }) => key);
  if (variants.length < 2) return 'There must be at least two variants.';
  if (keys.some((key) => !/^[A-Za-z0-9_-]{1,400}$/.test(key))) {
    return 'The key of each variant: letters, digits, hyphens and underscores.';
  }
  if (new Set(keys).size < keys.length) return 'Two variants have the same key.';
  if (needsControl && !keys.includes('control')) return 'One variant must be called control.';
  const sum = sumOf(variants);
  if (Math.abs(sum - 100) > 1e-6) return `The shares add up to ${sum}%, and must add up to 100%.`;
  return undefined;
}

/** A key that is not taken yet: test, test-2, test-3 … */
export function freeKey(variants: readonly Variant[]): string {
  const keys = new Set(variants.map(({ key }) => key));
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? 'test' : `test-${n}`;
    if (!keys.has(key)) return key;
  }
}
