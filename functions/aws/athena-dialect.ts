import type { SqlDialect } from '#kernel/warehouse.ts';

export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A key in a JSON path of Trino's, in quotes, within which `\` and `"` are escaped. */
const path = (key: string): string =>
  sqlText(`$["${key.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"]`);

/** Athena's (Trino's). Its regular expressions may take exponential time, so nobody's but ours are used. */
export const athenaDialect: SqlDialect = {
  member: (column, key) =>
    `coalesce(json_extract_scalar(${column}, ${path(key)}),
      nullif(json_format(json_extract(${column}, ${path(key)})), 'null'))`,
  isOf: (text, pattern) => `regexp_like(${text}, ${sqlText(`\\A(?:${pattern})\\z`)})`,
  time: (text) =>
    `CAST(at_timezone(try(from_iso8601_timestamp(replace(${text}, ' ', 'T'))), 'UTC') AS TIMESTAMP)`,
  once: 'AS',
};
