import type { SqlDialect } from '#kernel/warehouse.ts';

/** At most some 1e139: the squares of what is larger would leave no room for their sums. */
const DECIMAL = '[+-]?[0-9]{1,40}([.][0-9]{1,40})?([eE]([+]?[0-9]{1,2}|-[0-9]{1,3}))?';

/** The number that a property is: JSON numbers, decimal texts, and `true` as 1; null for all else. */
export function numberOf(dialect: SqlDialect, column: string, key: string): string {
  const text = dialect.member(column, key);
  return `TRY_CAST(CASE WHEN ${text} = 'true' THEN '1' WHEN ${text} = 'false' THEN '0'
    WHEN ${dialect.isOf(text, DECIMAL)} THEN ${text} END AS DOUBLE)`;
}
