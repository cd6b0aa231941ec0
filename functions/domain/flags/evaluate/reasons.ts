/** Why a flag is on or off for somebody. */
export type ReasonCode =
  | 'condition_match'
  | 'no_condition_match'
  | 'out_of_rollout_bound'
  | 'no_group_type'
  | 'super_condition_value'
  | 'holdout_condition_value'
  | 'flag_disabled'
  | 'missing_dependency';

export interface Reason {
  readonly code: ReasonCode;
  /** Position of the condition in the document. */
  readonly conditionIndex: number | null;
  readonly description: string;
}

const DESCRIPTIONS: Readonly<Record<Exclude<ReasonCode, 'condition_match'>, string>> = {
  no_condition_match: 'No matching condition set',
  out_of_rollout_bound: 'Out of rollout bound',
  no_group_type: 'No group type',
  super_condition_value: 'Super condition value',
  holdout_condition_value: 'Holdout condition value',
  flag_disabled: 'Feature flag is disabled',
  missing_dependency: 'Flag cannot be evaluated due to missing dependency',
};

export function reasonOf(code: ReasonCode, conditionIndex: number | null = null): Reason {
  const description =
    code === 'condition_match'
      ? `Matched condition set ${(conditionIndex ?? 0) + 1}`
      : DESCRIPTIONS[code];
  return { code, conditionIndex, description };
}

/** Of conditions that do not match, those of the higher rank tell more. */
const RANKS = { no_group_type: 1, no_condition_match: 2, out_of_rollout_bound: 3 } as const;

/** Why a condition does not match. */
export type Miss = keyof typeof RANKS;

/** The miss that tells most; of equal ones the last. */
export function tellingMiss(misses: readonly Miss[]): Reason {
  let best: Miss | undefined;
  let index: number | null = null;
  for (const [at, miss] of misses.entries()) {
    if (best !== undefined && RANKS[miss] < RANKS[best]) continue;
    best = miss;
    index = at;
  }
  const reason = reasonOf(best ?? 'no_condition_match', index);
  if (best !== 'no_condition_match' || !misses.includes('no_group_type')) return reason;
  const skipped = 'group conditions were not evaluated because no group type was provided';
  return { ...reason, description: `${reason.description} (${skipped})` };
}
