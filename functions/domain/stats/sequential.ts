import type { Effect } from './effects.ts';

/**
 * An interval and p-value that stay valid however often somebody looks: the asymptotic confidence
 * sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Time-uniform central limit theory
 * and asymptotic confidence sequences, 2021, Annals of Statistics 52, 2024, theorem 2.2), tightest
 * at `tuning` entities in both arms together. The p-value is the reciprocal of its e-value.
 */
export function sequential(effect: Effect, n: number, alpha: number, tuning: number) {
  const odds = -2 * Math.log(alpha);
  const rho = Math.sqrt((odds + Math.log1p(odds)) / tuning);
  const growth = n * rho ** 2 + 1;
  const perEntity = effect.variance * n;
  const half =
    (Math.sqrt(perEntity) * Math.sqrt(2 * growth * Math.log(Math.sqrt(growth) / alpha))) /
    (n * rho);
  const surprise = (effect.value * n) ** 2 / perEntity;
  const logEvidence = (rho ** 2 * surprise) / (2 * growth) - Math.log(growth) / 2;
  return {
    rho,
    pValue: Math.min(1, Math.exp(-logEvidence)),
    confidenceInterval: [effect.value - half, effect.value + half] as const,
  };
}
