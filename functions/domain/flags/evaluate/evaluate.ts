import type { CompiledFilter } from './compile-filter.ts';
import type { CompiledFlag, Condition, Rules } from './compile-flag.ts';
import { holdoutHash, isWithin, rolloutHash, variantHash } from './hash.ts';
import type { Moment } from './operators.ts';
import { type Miss, type Reason, reasonOf, tellingMiss } from './reasons.ts';
import { identifierOf, propertyOf, type Subject } from './subject.ts';

export interface Evaluation {
  readonly enabled: boolean;
  readonly variant: string | null;
  readonly reason: Reason;
  /** As stored; of a flag that is on. */
  readonly payload: unknown;
  /** There where it could not be worked out; it is off then. */
  readonly failed?: true;
}

/**
 * The value of another flag: whether it is on, or its variant. Undefined where there is no such
 * flag, null where it could not be worked out.
 */
export type FlagValue = (key: string) => boolean | string | undefined | null;

/** A flag that is evaluated for somebody. */
interface Case {
  readonly flag: CompiledFlag;
  readonly rules: Rules;
  readonly subject: Subject;
  readonly flagValue: FlagValue;
  readonly moment: Moment;
  /** Made once for each identifier, since several conditions ask for the same. */
  readonly rollouts: Map<string, number>;
}

/** Steps of the regular expressions of one call, whatever its flags ask for: some 100 ms. */
const MAX_STEPS = 1_000_000;

/** Several flags that are evaluated in one call share it. */
export const momentOf = ({ now }: Subject): Moment => ({
  now,
  steps: { left: MAX_STEPS },
  lower: new Map(),
  lowered: new Map(),
});

type Known = 'yes' | 'no' | 'unknown';

const off = (reason: Reason): Evaluation => ({
  enabled: false,
  variant: null,
  reason,
  payload: null,
});

const on = ({ rules }: Case, variant: string | null, reason: Reason): Evaluation => ({
  enabled: true,
  variant,
  reason,
  payload: rules.payloads.get(variant ?? 'true') ?? null,
});

const known = (holds: boolean): Known => (holds ? 'yes' : 'no');

/** To ask for true means any variant. */
function flagFits(expected: boolean | string, actual: ReturnType<FlagValue>): Known {
  if (actual === undefined || actual === null) return 'unknown';
  if (typeof actual === 'string' && typeof expected === 'boolean') return known(expected);
  return known(actual === expected);
}

function fits(filter: CompiledFilter, { subject, flagValue, moment }: Case): Known {
  if (filter.kind === 'unknown') return 'unknown';
  if (filter.kind === 'never') return 'no';
  if (filter.kind === 'flag') return flagFits(filter.value, flagValue(filter.key));
  const value = propertyOf(subject, filter.source, filter.key);
  return known(value === undefined ? filter.ifMissing : filter.test(value, moment));
}

/** One filter that does not fit decides, whatever is not known of the others. */
function fitsAll(condition: Condition, about: Case): Known {
  let all: Known = 'yes';
  for (const filter of condition.filters) {
    const one = fits(filter, about);
    if (one === 'no') return 'no';
    if (one === 'unknown') all = 'unknown';
  }
  return all;
}

function isRolledOut(condition: Condition, { flag, rollouts }: Case, identifier: string): boolean {
  return isWithin(condition.rollout, () => {
    const hash = rollouts.get(identifier) ?? rolloutHash(flag.key, identifier);
    rollouts.set(identifier, hash);
    return hash;
  });
}

function variantOf({ flag, rules }: Case, identifier: string): string | null {
  if (rules.variants.length === 0) return null;
  const hash = variantHash(flag.key, identifier);
  return rules.variants.find(({ below }) => hash < below)?.key ?? null;
}

function heldOut(about: Case): Evaluation | undefined {
  const { holdout, aggregation } = about.rules;
  if (holdout === undefined) return undefined;
  const identifier = identifierOf(about.flag, about.subject, aggregation);
  if (identifier === undefined) return undefined;
  if (!isWithin(holdout.percentage, () => holdoutHash(identifier))) return undefined;
  return on(about, holdout.variant, reasonOf('holdout_condition_value'));
}

/** What people chose for themselves, before any condition. */
function chosen(about: Case): Evaluation | undefined {
  const { rules, subject } = about;
  const reason = reasonOf('super_condition_value', 0);
  if (rules.enrollment !== undefined) {
    const choice = propertyOf(subject, null, rules.enrollment);
    if (choice === undefined) return undefined;
    return choice === true || choice === 'true' ? on(about, null, reason) : off(reason);
  }
  const condition = rules.superCondition;
  if (condition === undefined) return undefined;
  if (outcomeOf(condition, about) === 'match') return on(about, null, reason);
  const hasChosen = condition.filters.some(
    (filter) =>
      filter.kind === 'property' && propertyOf(subject, filter.source, filter.key) !== undefined,
  );
  return hasChosen ? off(reason) : undefined;
}

function outcomeOf(condition: Condition, about: Case): Miss | 'match' | 'unknown' {
  const identifier = identifierOf(about.flag, about.subject, condition.aggregation);
  if (identifier === undefined) {
    return condition.aggregation === null ? 'out_of_rollout_bound' : 'no_group_type';
  }
  const all = fitsAll(condition, about);
  if (all !== 'yes') return all === 'no' ? 'no_condition_match' : 'unknown';
  return isRolledOut(condition, about, identifier) ? 'match' : 'out_of_rollout_bound';
}

function matched(condition: Condition, index: number, about: Case): Evaluation {
  const identifier = identifierOf(about.flag, about.subject, condition.aggregation) ?? '';
  const variant = condition.variant ?? variantOf(about, identifier);
  return on(about, variant, reasonOf('condition_match', index));
}

/** The first condition that matches, in the order of the document. */
function byConditions(about: Case): Evaluation {
  const misses: Miss[] = [];
  let isUnknown = false;
  for (const [index, condition] of about.rules.conditions.entries()) {
    const outcome = outcomeOf(condition, about);
    if (outcome === 'match') return matched(condition, index, about);
    if (outcome === 'unknown') isUnknown = true;
    misses.push(outcome === 'unknown' ? 'no_condition_match' : outcome);
    if (outcome === 'out_of_rollout_bound' && about.rules.exitsEarly) break;
  }
  const missed = off(tellingMiss(misses));
  return isUnknown ? { ...missed, failed: true } : missed;
}

/**
 * Whether a flag is on for somebody, and with which variant: off where it is not active; then who
 * is held out, who chose for themselves, and the conditions in the order of the document. It never
 * throws.
 */
export function evaluate(
  flag: CompiledFlag,
  subject: Subject,
  flagValue: FlagValue = () => undefined,
  moment = momentOf(subject),
): Evaluation {
  if (!flag.isActive) return off(reasonOf('flag_disabled'));
  const { rules } = flag;
  if (rules === undefined) return { ...off(reasonOf('no_condition_match')), failed: true };
  if (rules.dependencies.some((key) => flagValue(key) === undefined)) {
    return off(reasonOf('missing_dependency'));
  }
  const about: Case = { flag, rules, subject, flagValue, moment, rollouts: new Map() };
  return heldOut(about) ?? chosen(about) ?? byConditions(about);
}
