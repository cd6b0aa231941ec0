import { key, prefix } from '#kernel/keys.ts';
import type { Item } from '#kernel/table.ts';

/** A task that was run, or was about to be, a moment ago. */
export interface RecentTask {
  readonly id: string;
  readonly at: number;
}

/** What the launchers of a pool share: who of them holds it, until when, and what they ran. */
export interface PoolRow {
  readonly holder?: string;
  readonly lockUntil?: number;
  /** Somebody else was sent meanwhile: the holder looks once more. */
  readonly again?: boolean;
  readonly recent?: readonly RecentTask[];
}

export const poolKey = (pool: string) => key(`${prefix.pool}#${pool}`, 'POOL');

/** The shape is this module's own: nothing else writes the row. */
export const poolRow = (item: Item | undefined): PoolRow => (item ?? {}) as PoolRow;
