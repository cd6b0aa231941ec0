import type { SqlDialect } from '#kernel/warehouse.ts';
import { sqlText } from './instance.ts';

/** A JSON pointer (RFC 6901) takes any key; DuckDB's other paths have wildcards. */
const pointer = (key: string): string =>
  sqlText(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);

/** Its regular expressions are RE2's, which take linear time. */
export const duckDialect: SqlDialect = {
  member: (column, key) => `json_extract_string(${column}, ${pointer(key)})`,
  isOf: (text, pattern) => `regexp_full_match(${text}, ${sqlText(pattern)})`,
  finds: (text, pattern) => `regexp_matches(${text}, ${sqlText(pattern)})`,
  time: (text) => `CAST(TRY_CAST(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`,
  once: 'AS MATERIALIZED',
};
