import { parseRegex } from '#kernel/filter/regex-parse.ts';
import type { SqlDialect } from '#kernel/warehouse.ts';
import type { PropertyFilter } from '../../metrics/index.ts';
import { cannotCompute } from '../refuse.ts';
import { allOf, anyOf, doubleLiteral, textLiteral, timeLiteral } from './literal.ts';
import { numberOf } from './number.ts';

/** Where a filter looks: the alias of the events. */
interface Place {
  readonly dialect: SqlDialect;
  readonly column: string;
}

type Scalar = string | number | boolean;
type Compare = (place: Place, key: string, values: readonly Scalar[]) => string;

/** Whether a text is a pattern, by the rules that all of these engines have in common. */
function isPattern(text: string): boolean {
  try {
    parseRegex(text);
    return !text.includes('\0');
  } catch {
    return false;
  }
}

const memberOf = ({ dialect, column }: Place, key: string): string => dialect.member(column, key);

const isOneOf: Compare = (place, key, values) =>
  anyOf(
    values.map((value) =>
      typeof value === 'number'
        ? `${numberOf(place.dialect, place.column, key)} = ${doubleLiteral(value)}`
        : `${memberOf(place, key)} = ${textLiteral(String(value))}`,
    ),
  );

const contains: Compare = (place, key, values) =>
  anyOf(
    values.map(
      (value) => `strpos(lower(${memberOf(place, key)}), lower(${textLiteral(String(value))})) > 0`,
    ),
  );

const finds: Compare = (place, key, values) => {
  const { dialect } = place;
  return anyOf(
    values.map((value) => {
      const pattern = String(value);
      if (dialect.finds === undefined || !isPattern(pattern)) {
        throw cannotCompute(
          `The regular expression '${pattern.slice(0, 100)}' in a property filter cannot be computed here.`,
        );
      }
      return dialect.finds(memberOf(place, key), pattern.toWellFormed());
    }),
  );
};

/** What is no number is larger or smaller than none. */
const isNumber =
  (operator: '>' | '>=' | '<' | '<='): Compare =>
  (place, key, values) =>
    anyOf(
      values.map((value) => {
        const bound = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
        return Number.isFinite(bound)
          ? `${numberOf(place.dialect, place.column, key)} ${operator} ${doubleLiteral(bound)}`
          : 'FALSE';
      }),
    );

const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?(Z|[+-][0-9]{2}:[0-9]{2})?';
const IS_DATE = new RegExp(`^${DATE}$`);

/** A date without a zone is one in UTC, wherever this runs. */
function dateOf(value: Scalar): number {
  const text = String(value);
  const zoned = /[T ]/.test(text) && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text;
  const date = IS_DATE.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (Number.isNaN(date)) {
    throw cannotCompute(
      `'${text.slice(0, 100)}' is not a date (ISO 8601) that property filters can be compared with.`,
    );
  }
  return date;
}

const isDate =
  (operator: '>' | '<'): Compare =>
  ({ dialect, column }, key, values) =>
    anyOf(
      values.map((value) => {
        const text = dialect.member(column, key);
        const time = `CASE WHEN ${dialect.isOf(text, DATE)} THEN ${dialect.time(text)} END`;
        return `${time} ${operator} ${timeLiteral(dateOf(value))}`;
      }),
    );

const not =
  (compare: Compare): Compare =>
  (place, key, values) =>
    `NOT coalesce(${compare(place, key, values)}, FALSE)`;

const isSet: Compare = (place, key) => `${memberOf(place, key)} IS NOT NULL`;

const OPERATORS: ReadonlyMap<string, Compare> = new Map([
  ['exact', isOneOf],
  ['is_not', not(isOneOf)],
  ['icontains', contains],
  ['not_icontains', not(contains)],
  ['regex', finds],
  ['not_regex', not(finds)],
  ['gt', isNumber('>')],
  ['gte', isNumber('>=')],
  ['lt', isNumber('<')],
  ['lte', isNumber('<=')],
  ['is_set', isSet],
  ['is_not_set', not(isSet)],
  ['is_date_after', isDate('>')],
  ['is_date_before', isDate('<')],
]);

/** Kinds of filters that look at the event alone. */
const OF_EVENTS: readonly string[] = ['event', 'feature', 'event_metadata'];

function filterSql(place: Place, { key, value, operator, type }: PropertyFilter): string {
  if (!OF_EVENTS.includes(type ?? 'event')) {
    throw cannotCompute(
      `Property filters of type '${type}' cannot be computed here; filter by properties of the events.`,
    );
  }
  const compare = OPERATORS.get(operator ?? 'exact');
  if (compare === undefined) {
    throw cannotCompute(`Property filters with '${operator}' cannot be computed here.`);
  }
  const values = Array.isArray(value)
    ? value
    : [value].filter((each) => each !== undefined && each !== null);
  return compare(place, key, values as readonly Scalar[]);
}

/** Whether an event passes all filters; `alias` is how the statement calls the events. */
export const filtersSql = (
  dialect: SqlDialect,
  alias: string,
  filters: readonly PropertyFilter[],
): string =>
  allOf(filters.map((filter) => filterSql({ dialect, column: `${alias}.properties` }, filter)));
