import { createHash } from 'node:crypto';
import { collectionKeys, type Row } from '#domain/projects/index.ts';
import type { Key } from '#kernel/table.ts';
import type { Flag, FlagFields } from '../flag.items.ts';
import type { Policy } from './policy.items.ts';

export const CHANGES = 'change_request';

export type Decision = 'approved' | 'rejected';

export interface Vote {
  readonly createdBy: number;
  readonly decision: Decision;
  readonly reason: string;
  readonly createdOn: number;
}

/** A change of a flag that waits for approval, or has waited. */
export interface ChangeRequest extends Row {
  readonly flagId: number;
  readonly flagKey: string;
  /** Of the flag that the change was made of: it is applied to no other. */
  readonly flagVersion: number;
  /** What changes, and what it was. */
  readonly wanted: Partial<FlagFields>;
  readonly before: Partial<FlagFields>;
  /** As it was when the change was asked for. */
  readonly policy: Policy;
  readonly stored: 'pending' | 'rejected' | 'applied' | 'failed';
  readonly votes: readonly Vote[];
  readonly expiresOn: number;
  readonly appliedOn?: number;
  readonly appliedBy?: number | undefined;
  readonly applyError?: string;
  /** Whoever asked for it took it back. */
  readonly cancelled?: true;
  readonly guard: string;
  readonly ttl: number;
}

export type ChangeState = ChangeRequest['stored'] | 'expired';

export const stateOf = ({ stored, expiresOn }: ChangeRequest, now: number): ChangeState =>
  stored === 'pending' && expiresOn <= now ? 'expired' : stored;

/** Equal for the same change of the same version by the same account. */
export function guardText(
  { id, version }: Flag,
  wanted: Partial<FlagFields>,
  userId: number | undefined,
): string {
  const sorted = Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  return `${id}#${version}#${userId ?? ''}#${hash}`;
}

export const guardKey = (groupId: number, guard: string): Key =>
  collectionKeys.guard(CHANGES, groupId, guard);
