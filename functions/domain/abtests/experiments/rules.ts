import type { Flag } from '#domain/flags/index.ts';
import { refuse, wrong } from '../refuse.ts';
import type { Experiment, ExperimentWishes } from './experiment.items.ts';
import { requireExperimentFlag, type Variant, variantsOf } from './variants.ts';

const ENDS_FIRST = 'End date must be after start date';

/** Throws where both dates are wished for, in the wrong order; one alone is compared with nothing. */
export function requireDates({ startDate, endDate }: ExperimentWishes): void {
  if (typeof startDate !== 'number' || typeof endDate !== 'number') return;
  if (startDate >= endDate) throw refuse(ENDS_FIRST);
}

/** Throws where filters are to hold for all metrics at once. */
export function requireNoProperties({ filters }: ExperimentWishes): void {
  const properties = filters?.properties;
  const isEmpty = Array.isArray(properties)
    ? properties.length === 0
    : properties === undefined || properties === null || Object.keys(properties).length === 0;
  if (!isEmpty) throw wrong('filters', 'Experiments do not support global filter properties');
}

/** Throws unless an experiment can begin with this flag, or with these variants where it gets others. */
export function requireLaunchable(
  flag: Flag | undefined,
  variants?: readonly Variant[],
): asserts flag is Flag {
  if (flag === undefined || flag.deleted) {
    throw refuse('Experiment cannot be launched because its feature flag has been deleted.');
  }
  if (variants === undefined) requireExperimentFlag(flag, null);
}

const LEGACY_KINDS: readonly unknown[] = ['ExperimentTrendsQuery', 'ExperimentFunnelsQuery'];

/** Whether it is measured in a way that is no longer offered. */
export const isLegacy = ({ metrics, metricsSecondary }: Experiment): boolean =>
  [...metrics, ...metricsSecondary].some(({ kind }) => LEGACY_KINDS.includes(kind));

const LEGACY_FIELDS: readonly (keyof ExperimentWishes)[] = [
  'name',
  'description',
  'endDate',
  'deleted',
];

function requireLegacyFields(before: Experiment, wishes: ExperimentWishes): void {
  const others = Object.entries(wishes).filter(
    ([name, wish]) => wish !== undefined && !LEGACY_FIELDS.includes(name as keyof ExperimentWishes),
  );
  const kept = others.filter(([name, wish]) => name !== 'flagKey' || wish !== before.flagKey);
  if (kept.length > 0) {
    throw refuse(
      'Only name, description, end_date and deleted can be changed in experiments with legacy metrics.',
    );
  }
  const { startDate } = before;
  const { endDate } = wishes;
  if (startDate !== null && typeof endDate === 'number' && startDate >= endDate) {
    throw refuse(ENDS_FIRST);
  }
}

const sameKeys = (left: readonly Variant[], right: readonly Variant[]): boolean =>
  left.length === right.length && left.every(({ key }) => right.some((each) => each.key === key));

/** Throws where what people take part in would be another thing halfway. */
function requireFrozen(
  before: Experiment,
  flag: Flag | undefined,
  { holdoutId }: ExperimentWishes,
  variants: readonly Variant[] | undefined,
): void {
  const known = flag === undefined ? [] : variantsOf(flag);
  if (variants !== undefined && known.length > 0 && !sameKeys(variants, known)) {
    throw wrong('parameters', "Can't update feature_flag_variants on Experiment");
  }
  if (holdoutId !== undefined && holdoutId !== before.holdoutId) {
    throw wrong('holdout_id', "Can't update holdout on running Experiment");
  }
}

/** Throws where what is wished must not change any more, or never. */
export function requireChangeable(
  before: Experiment,
  flag: Flag | undefined,
  wishes: ExperimentWishes,
  variants: readonly Variant[] | undefined,
): void {
  if (wishes.flagKey !== undefined && wishes.flagKey !== before.flagKey) {
    throw refuse("Can't update keys: get_feature_flag_key on Experiment");
  }
  requireDates(wishes);
  requireNoProperties(wishes);
  if (isLegacy(before)) requireLegacyFields(before, wishes);
  if (before.startDate !== null) requireFrozen(before, flag, wishes, variants);
  if (before.deleted && wishes.deleted === false && (flag === undefined || flag.deleted)) {
    throw refuse(
      'Cannot restore experiment: the linked feature flag has been deleted. Restore the flag first, or make a new experiment.',
    );
  }
}

/** Throws where a variant is not among those of a flag. */
export function requireVariant(flag: Flag, key: string): void {
  const keys = variantsOf(flag).map((variant) => variant.key);
  if (keys.includes(key)) return;
  throw refuse(`Variant '${key.slice(0, 100)}' not found on feature flag.`);
}
