import { normalCdf, normalExcess, normalQuantile } from './distributions/normal.ts';
import type { Effect } from './effects.ts';

/** A normal prior of the effect, on the scale of the difference (relative or absolute). */
export interface Prior {
  readonly mean: number;
  readonly variance: number;
}

export interface BayesianOptions {
  readonly ciLevel: number;
  /** Undefined is the improper prior, by which the posterior is the likelihood. */
  readonly prior: Prior | undefined;
  /** Less is better. */
  readonly inverse: boolean;
}

/**
 * The posterior of a normal effect under a normal prior (Gelman et al., Bayesian Data Analysis,
 * 2.5). `chanceToWin` is P(effect > 0), of `inverse` metrics P(effect < 0). The risks are what is
 * lost on average by the choice of an arm that is worse: E max(effect, 0) by keeping the baseline,
 * E max(−effect, 0) by the variant (Stucchio, Bayesian A/B Testing at VWO, 2015); `inverse` leaves
 * them as they are.
 *
 * `significant` is a chance beyond the level on either side, which happens in A/A experiments twice
 * as often as an interval that leaves 0 out: in 2(1 − level) instead of 1 − level of them.
 */
export function bayesian(effect: Effect, { ciLevel, prior, inverse }: BayesianOptions) {
  const posterior = prior ? update(prior, effect) : effect;
  const deviation = Math.sqrt(posterior.variance);
  const z = posterior.value / deviation;
  const half = -normalQuantile((1 - ciLevel) / 2) * deviation;
  const chanceToWin = normalCdf(inverse ? -z : z);
  return {
    effect: posterior.value,
    variance: posterior.variance,
    chanceToWin,
    credibleInterval: [posterior.value - half, posterior.value + half] as const,
    significant: chanceToWin > ciLevel || chanceToWin < 1 - ciLevel,
    riskOfBaseline: deviation * normalExcess(-z),
    riskOfVariant: deviation * normalExcess(z),
  };
}

function update(prior: Prior, effect: Effect): Effect {
  const precision = 1 / prior.variance + 1 / effect.variance;
  const weighted = prior.mean / prior.variance + effect.value / effect.variance;
  return { value: weighted / precision, variance: 1 / precision };
}
