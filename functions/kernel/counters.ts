import { key, prefix } from './keys.ts';
import type { Key, Table, Write } from './table.ts';

/** Sequences whose order people see. Each name counts up by itself; gaps are possible. */
export type CounterName = 'resource' | 'snapshot' | 'user' | 'group' | 'tag' | 'draft' | 'task';

/** Counters of a partition lie together, in an item of this name. */
const COUNTERS = 'COUNTERS';
const counters = key(`${prefix.system}#COUNTERS`, COUNTERS);

/** The counters of what has a partition of its own. */
export const countersOf = (partition: string): Key => key(partition, COUNTERS);

/** Takes numbers: for good, whatever becomes of what they were taken for. What is not used is a gap. */
export const counted = (counter: Key, amounts: Readonly<Record<string, number>>): Write => ({
  kind: 'update',
  aside: true,
  key: counter,
  changes: { add: amounts },
});

/**
 * Takes `amount` new numbers of each sequence named, in one write. Returns the last one taken,
 * so the numbers are `last - amount + 1` … `last`.
 */
export async function takeNumbers<N extends CounterName>(
  table: Pick<Table, 'write'>,
  amounts: { readonly [K in N]: number },
): Promise<{ readonly [K in N]: number }> {
  const outcome = await table.write(counted(counters, amounts));
  return outcome.item as unknown as { readonly [K in N]: number };
}
