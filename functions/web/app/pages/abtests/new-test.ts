import type { Doc, Method, Metric, Variant } from './metric.ts';
import { sentMetric } from './metric-draft.ts';
import { variantsProblem } from './variant-split.ts';

export interface NewTest {
  readonly name: string;
  readonly description: string;
  readonly flagKey: string;
  /** Whether the flag is there already, and its variants stand fast. */
  readonly existing: boolean;
  readonly variants: readonly Variant[];
  /** How many of all people take part, in percent. */
  readonly rollout: number;
  readonly holdout: number | null;
  readonly primary: readonly Metric[];
  readonly secondary: readonly Metric[];
  readonly saved: readonly { readonly id: number; readonly primary: boolean }[];
  readonly criteria: Doc;
  readonly stats: Doc;
  readonly allowUnknown: boolean;
  /** The least change worth finding, in percent, as typed. */
  readonly effect: string;
  readonly launch: boolean;
}

/** What of a project new experiments begin with. */
interface Defaults {
  readonly default_experiment_stats_method: Method | null;
  readonly default_experiment_confidence_level: number | null;
}

/** A form as it begins: what the project has as its defaults. */
export function newTest(project: Defaults | undefined, flag: string | undefined): NewTest {
  const level = project?.default_experiment_confidence_level ?? null;
  return {
    name: '',
    description: '',
    flagKey: flag ?? '',
    existing: false,
    variants: [
      { key: 'control', name: 'As it is', rollout_percentage: 50 },
      { key: 'test', name: 'The new one', rollout_percentage: 50 },
    ],
    rollout: 100,
    holdout: null,
    primary: [],
    secondary: [],
    saved: [],
    criteria: { filterTestAccounts: true, multiple_variant_handling: 'exclude' },
    stats: {
      method: project?.default_experiment_stats_method ?? 'bayesian',
      ...(level !== null && {
        bayesian: { ci_level: level },
        frequentist: { alpha: Number((1 - level).toFixed(12)) },
      }),
    },
    allowUnknown: false,
    effect: '10',
    launch: false,
  };
}

/** "Checkout on one page" as "checkout-on-one-page". */
export const keyOfName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 100);

export const flagKeyOf = ({ flagKey, name }: Pick<NewTest, 'flagKey' | 'name'>): string =>
  flagKey === '' ? keyOfName(name) : flagKey;

/** What still is to be said, in words. */
export function problemOfTest(test: NewTest): string | undefined {
  if (test.name.trim() === '') return 'Give it a name.';
  if (!/^[A-Za-z0-9_-]{1,400}$/.test(flagKeyOf(test))) {
    return 'The key of the flag: letters, digits, hyphens and underscores.';
  }
  const { exposure_config: exposure } = test.criteria;
  if (exposure !== undefined && (exposure as { event?: unknown }).event === '') {
    return 'Name the event of exposure.';
  }
  return variantsProblem(test.variants);
}

/** What is sent to make it. */
export function bodyOf(test: NewTest, now: Date) {
  const effect = Number(test.effect);
  const knowsEffect = test.effect !== '' && Number.isFinite(effect) && effect > 0;
  return {
    name: test.name.trim(),
    description: test.description,
    feature_flag_key: flagKeyOf(test),
    parameters: {
      feature_flag_variants: test.variants,
      rollout_percentage: test.rollout,
      ...(knowsEffect && { minimum_detectable_effect: effect }),
    },
    holdout_id: test.holdout,
    metrics: test.primary.map(sentMetric),
    metrics_secondary: test.secondary.map(sentMetric),
    saved_metrics_ids: test.saved.map(({ id, primary }) => ({
      id,
      metadata: { type: primary ? 'primary' : 'secondary' },
    })),
    exposure_criteria: test.criteria,
    stats_config: test.stats,
    allow_unknown_events: test.allowUnknown,
    ...(test.launch && { start_date: now.toISOString() }),
  };
}
