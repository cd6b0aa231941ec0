/** Whether answers say what they must. */
import { expect } from 'vitest';
import type { Estimate, Expected, ExpectedMetric, Sums } from './expected.ts';
import type { ExposureAnswer, Method, MetricAnswer, VariantAnswer } from './questions.ts';

const RELATIVE = 1e-9;
/** Below it a chance says nothing but that it is none. */
const CHANCE = 1e-12;

function requireClose(what: string, shown: unknown, wanted: number, absolute = 0): void {
  const apart = Math.abs(Number(shown) - wanted);
  const isClose = apart <= Math.max(absolute, RELATIVE * Math.abs(wanted));
  expect(isClose, `${what}: ${shown} instead of ${wanted}`).toBe(true);
}

function requireSums(what: string, shown: VariantAnswer, wanted: Sums): void {
  for (const [name, value] of Object.entries(wanted)) {
    requireClose(`${what}, ${name} of ${shown.key}`, shown[name], value);
  }
}

const statisticsOf = (shown: VariantAnswer, method: Method) =>
  method === 'bayesian'
    ? { chance: shown.chance_to_win, interval: shown.credible_interval }
    : { chance: shown.p_value, interval: shown.confidence_interval };

function requireEstimate(
  what: string,
  shown: VariantAnswer,
  wanted: Estimate,
  method: Method,
): void {
  const { chance, interval = [] } = statisticsOf(shown, method);
  const wantedChance = method === 'bayesian' ? wanted.chance_to_win : wanted.p_value;
  requireClose(`${what}, its chance`, chance, wantedChance ?? Number.NaN, CHANCE);
  requireClose(`${what}, from`, interval[0], wanted.interval[0]);
  requireClose(`${what}, to`, interval[1], wanted.interval[1]);
}

/** `effect`: what the interval must hold. */
export function requireMetric(
  name: string,
  answer: MetricAnswer,
  wanted: ExpectedMetric | undefined,
  method: Method,
  effect: number | undefined,
): void {
  const variants = [answer.baseline, ...answer.variant_results];
  expect(variants.map(({ key }) => key)).toEqual(Object.keys(wanted?.sums ?? {}));
  for (const shown of variants) {
    requireSums(name, shown, wanted?.sums[shown.key] ?? {});
    // The first that is counted is the exposure itself.
    expect(shown.step_counts).toEqual(wanted?.steps?.[shown.key]?.slice(1));
  }
  for (const shown of answer.variant_results) {
    const estimate = wanted?.[method];
    if (estimate !== undefined) requireEstimate(`${name}, ${method}`, shown, estimate, method);
    const [from = Number.NaN, to = Number.NaN] = statisticsOf(shown, method).interval ?? [];
    const isIn = effect === undefined || (from < effect && effect < to);
    expect(isIn, `${name}, ${method}: ${effect} in ${from} … ${to}`).toBe(true);
  }
}

/** Those who saw several variants stand apart. */
export function requireExposures(answer: ExposureAnswer, wanted: Expected): void {
  for (const { variant, days, exposure_counts: counts } of answer.timeseries) {
    const own = wanted.exposures[variant];
    if (own === undefined) continue;
    let total = 0;
    const cumulated = days.map((day) => {
      total += own[day] ?? 0;
      return total;
    });
    expect([variant, counts]).toEqual([variant, cumulated]);
  }
  const totals = Object.entries(wanted.exposures).map(([variant, days]) => [
    variant,
    Object.values(days).reduce((sum, count) => sum + count, 0),
  ]);
  expect(answer.total_exposures).toEqual({
    ...Object.fromEntries(totals),
    $multiple: wanted.multiple,
  });
}
