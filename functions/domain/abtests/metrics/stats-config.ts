import type { ConfigLayer, Method } from '#domain/stats/index.ts';
import { isDoc, wrong } from '../refuse.ts';
import type { Doc } from './parse.ts';

const ATTR = 'stats_config';
const METHODS: readonly unknown[] = ['bayesian', 'frequentist'];

/** A configuration as it was sent, or null. `variants` are keys that a baseline may be. Throws `invalid`. */
export function parseStatsConfig(value: unknown, variants: readonly string[]): Doc | null {
  if (value === null || value === undefined) return null;
  if (!isDoc(value)) throw wrong(ATTR, 'stats_config must be an object');
  const { method, baseline_variant_key: baseline } = value;
  if ((method ?? null) !== null && !METHODS.includes(method)) {
    throw wrong(
      ATTR,
      `Invalid stats method: '${String(method).slice(0, 100)}'. Must be one of: bayesian, frequentist`,
    );
  }
  if ((baseline ?? null) !== null && !variants.some((key) => key === baseline)) {
    throw wrong(
      ATTR,
      `Invalid baseline_variant_key: '${String(baseline).slice(0, 100)}'. Must be one of: ${variants.join(', ')}`,
    );
  }
  return value;
}

const docOf = (value: unknown): Doc => (isDoc(value) ? value : {});

const lowered = (value: unknown): unknown =>
  typeof value === 'string' ? value.toLowerCase() : undefined;

export interface StatsSettings {
  readonly method: Method;
  readonly baseline: string;
  readonly config: ConfigLayer;
}

const CONTROL = 'control';

/** What a stored configuration means for the statistics: what it leaves open is as the project has it. */
export function statsSettingsOf(
  stored: Doc | null,
  project: {
    readonly statsMethod?: Method | undefined;
    readonly confidenceLevel?: number | undefined;
  } = {},
): StatsSettings {
  const { method, baseline_variant_key: baseline } = docOf(stored);
  const [bayesian, frequentist] = [docOf(stored?.bayesian), docOf(stored?.frequentist)];
  const chosen = METHODS.includes(method)
    ? (method as Method)
    : (project.statsMethod ?? 'bayesian');
  const { confidenceLevel: level } = project;
  const own = chosen === 'bayesian' ? bayesian : frequentist;
  return {
    method: chosen,
    baseline: typeof baseline === 'string' ? baseline : CONTROL,
    config: {
      differenceType: lowered(own.difference_type),
      ciLevel: bayesian.ci_level ?? level,
      alpha: frequentist.alpha ?? (level === undefined ? undefined : 1 - level),
      sequentialTesting: frequentist.sequential_testing_enabled,
      sequentialTuningParameter: frequentist.sequential_tuning_parameter,
      cuped: docOf(stored?.cuped).enabled,
    },
  };
}

const DEFAULT_LOOKBACK = 14;
const MOST_LOOKBACK = 30;

/** Days before the first exposure that a covariate looks at; `undefined` without CUPED. */
export function lookbackOf(stored: Doc | null): number | undefined {
  const { enabled, lookback_days: days } = docOf(stored?.cuped);
  if (enabled !== true) return undefined;
  const wanted = typeof days === 'number' && Number.isFinite(days) ? days : DEFAULT_LOOKBACK;
  return Math.min(MOST_LOOKBACK, Math.max(1, Math.trunc(wanted)));
}
