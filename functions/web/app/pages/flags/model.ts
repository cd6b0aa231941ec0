import { conditionsOf, filtersOf, variantsOfFlag } from './filters.ts';
import type { Flag } from './queries.ts';

export type { Flag };

export type FlagKind = 'boolean' | 'multivariant' | 'experiment' | 'remote_config';

export const KINDS: Readonly<Record<FlagKind, string>> = {
  boolean: 'On or off',
  multivariant: 'Several variants',
  experiment: 'Of an A/B test',
  remote_config: 'Remote configuration',
};

export function kindOf(flag: Flag): FlagKind {
  if (flag.experiment_set.length > 0) return 'experiment';
  if (flag.is_remote_configuration) return 'remote_config';
  return variantsOfFlag(filtersOf(flag)).length > 0 ? 'multivariant' : 'boolean';
}

/** Whom it is for, in a few words, for a list. */
export function audienceOf(flag: Flag): string {
  const groups = conditionsOf(filtersOf(flag));
  if (groups.length === 0) return 'nobody';
  const [first] = groups;
  if (groups.length > 1 || first === undefined) return `${groups.length} conditions`;
  const share = `${first.rollout_percentage ?? 100}%`;
  const some = (first.properties ?? []).length > 0;
  if (some) return `${share} of those who fit`;
  return share === '100%' ? 'everybody' : `${share} of everybody`;
}
