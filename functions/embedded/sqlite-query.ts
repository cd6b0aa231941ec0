import { invalid } from '#kernel/errors.ts';
import type { Item, Query, QueryPosition, SortRange } from '#kernel/table.ts';
import { compareText, endOfPrefix } from '#kernel/text-order.ts';

/** SQL of a query and its parameters; queries of one shape share their SQL. */
export interface QueryPlan {
  readonly sql: string;
  readonly parameters: readonly (string | number)[];
}

interface Columns {
  readonly pk: string;
  readonly sk: string;
  /** What orders the rows within one partition. */
  readonly order: readonly string[];
}

const columnsOf = (index: Query['index']): Columns =>
  index === undefined
    ? { pk: 'pk', sk: 'sk', order: ['sk'] }
    : { pk: `${index}pk`, sk: `${index}sk`, order: [`${index}sk`, 'pk', 'sk'] };

type Bound = readonly [operator: string, value: string];

const boundsOf = (range: SortRange | undefined): readonly Bound[] => {
  if (range === undefined) return [];
  if ('prefix' in range) {
    const end = endOfPrefix(range.prefix);
    const from: Bound = ['>=', range.prefix];
    return end === undefined ? [from] : [from, ['<', end]];
  }
  const { from, to } = range;
  const bounds: Bound[] = [];
  if (from !== undefined) bounds.push(['>=', from]);
  if (to !== undefined) bounds.push(['<=', to]);
  return bounds;
};

const positionValues = (query: Query, after: QueryPosition): readonly string[] => {
  if (query.index === undefined) {
    if (after.pk !== query.pk)
      throw invalid('position_elsewhere', 'after is in another partition.');
    return [after.sk];
  }
  if (after.indexPk !== query.pk || after.indexSk === undefined) {
    throw invalid('position_elsewhere', 'after is no position in this partition of the index.');
  }
  return [after.indexSk, after.pk, after.sk];
};

const within = (bounds: readonly Bound[], value: string): boolean =>
  bounds.every(([operator, bound]) => {
    const order = compareText(value, bound);
    if (operator === '>=') return order >= 0;
    return operator === '<' ? order < 0 : order <= 0;
  });

const checkQuery = (query: Query): void => {
  if (query.limit !== undefined && !(Number.isInteger(query.limit) && query.limit >= 1)) {
    throw invalid('limit_out_of_range', 'The limit of a query must be a whole number from 1.');
  }
};

type Clause = readonly [sql: string, values: readonly string[]];

// The position takes the place of the bound on its side: with both, SQLite might seek to the
// bound and walk from there over every page that was read before.
const rangeClauses = (query: Query, columns: Columns): readonly Clause[] => {
  const bounds = boundsOf(query.sk);
  const clause = ([operator, value]: Bound): Clause => [`${columns.sk} ${operator} ?`, [value]];
  if (query.after === undefined) return bounds.map(clause);
  const position = positionValues(query, query.after);
  if (!within(bounds, position[0] ?? '')) {
    throw invalid('position_elsewhere', 'after lies outside the sort range.');
  }
  const onward = query.order === 'descending' ? '<' : '>';
  const marks = columns.order.map(() => '?').join(', ');
  return [
    ...bounds.filter(([operator]) => !operator.startsWith(onward)).map(clause),
    [`(${columns.order.join(', ')}) ${onward} (${marks})`, position],
  ];
};

export const planQuery = (query: Query): QueryPlan => {
  checkQuery(query);
  const columns = columnsOf(query.index);
  const clauses = rangeClauses(query, columns);
  const direction = query.order === 'descending' ? 'DESC' : 'ASC';
  const where = [`${columns.pk} = ?`, ...clauses.map(([clause]) => clause)].join(' AND ');
  const order = columns.order.map((column) => `${column} ${direction}`).join(', ');
  return {
    sql: `SELECT body FROM items WHERE ${where} ORDER BY ${order} LIMIT ?`,
    parameters: [query.pk, ...clauses.flatMap(([, values]) => values), query.limit ?? -1],
  };
};

export const positionOf = (query: Query, item: Item): QueryPosition => {
  const key = { pk: item.pk, sk: item.sk };
  if (query.index === undefined) return key;
  const indexSk = item[`${query.index}sk`];
  return { ...key, indexPk: query.pk, indexSk: typeof indexSk === 'string' ? indexSk : '' };
};
