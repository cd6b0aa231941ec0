import { key, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';

/** The one action that a policy may ask approval for. */
export const UPDATE_FLAG = 'feature_flag.update';

/** What a policy may look at alone; without one, every change of a flag counts. */
export const WATCHED = [
  'key',
  'name',
  'active',
  'deleted',
  'filters',
  'tags',
  'rollout_percentage',
] as const;
export type Watched = (typeof WATCHED)[number];

/** Who must approve changes of the feature flags of a project. */
export interface PolicyFields {
  /** Undefined for all changes. */
  readonly watched?: Watched | undefined;
  /** Accounts that approve; where none is named, those who manage the group. */
  readonly approvers: readonly number[];
  /** How many of them must. */
  readonly quorum: number;
  readonly allowSelfApprove: boolean;
  /** Who changes without being asked: members (1), administrators (8) or owners (15) of the group. */
  readonly bypassLevels: readonly number[];
  /** How long a request waits, in seconds. */
  readonly expiresAfter: number;
  readonly enabled: boolean;
}

export interface Policy extends PolicyFields {
  readonly groupId: number;
  readonly createdOn: number;
  readonly updatedOn: number;
  readonly createdBy: number | undefined;
  readonly revision: number;
}

export const policyKey = (groupId: number): Key =>
  key(`${prefix.project}#${groupId}`, 'APPROVAL_POLICY');

export function readPolicy(item: Item): Policy {
  const { pk: _pk, sk: _sk, ...policy } = item;
  return policy as unknown as Policy;
}
