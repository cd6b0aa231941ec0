import { historyPlace, orderedDouble } from '#domain/tracking/index.ts';
import { invalid } from '#kernel/errors.ts';
import type { Field } from '#kernel/filter/ast.ts';
import { parseOrderBy } from '#kernel/filter/order.ts';
import { compareText } from '#kernel/text-order.ts';
import { placeOf } from '../logged-model.items.ts';
import type { LoggedModelDetail, ModelMetric } from '../schemas.ts';
import { fieldValue, isOn, type OnDataset } from './fields.ts';
import { modelVocabulary } from './vocabulary.ts';

/** What a client asks to order by: an attribute, or a metric, be it on one dataset. */
export interface OrderClause {
  readonly fieldName: string;
  readonly ascending: boolean;
  readonly dataset?: OnDataset;
}

interface Order {
  readonly field: Field;
  readonly ascending: boolean;
  readonly datasets: readonly OnDataset[];
}

/**
 * Where a model stands: its values by the clauses as texts that sort as they do, each with whether
 * it is NaN (1) or missing (2), and then its place in the default order.
 */
export interface Rank {
  readonly values: readonly (readonly [number, string])[];
  readonly place: string;
}

const MAX_CLAUSES = 20;

function fieldOf(name: string): Field {
  const dot = name.indexOf('.');
  if (dot < 0) return attributeOf(name);
  if (name.slice(0, dot) === 'metrics') return { entity: 'metric', key: name.slice(dot + 1) };
  throw invalid('filter', `Invalid order by field name: ${name}. Only metrics are supported.`);
}

function attributeOf(name: string): Field {
  try {
    const [order] = parseOrderBy([name.trim()], modelVocabulary);
    if (order?.field.entity === 'attribute') return order.field;
  } catch {
    // The words of MLflow for this search are others.
  }
  throw invalid('filter', `Invalid order by field name: ${name}`);
}

/** The clauses, up to the one that leaves nothing open. Throws `invalid` (`filter`). */
export function ordersOf(clauses: readonly OrderClause[]): readonly Order[] {
  if (clauses.length > MAX_CLAUSES) {
    throw invalid('filter', `An order has at most ${MAX_CLAUSES} clauses: leave some out.`);
  }
  return clauses.map(({ fieldName, ascending, dataset }) => ({
    field: fieldOf(fieldName),
    ascending,
    datasets: dataset === undefined ? [] : [dataset],
  }));
}

/** Of the values of a metric the latest counts; of one time that of the highest step and value. */
const latest = (a: ModelMetric, b: ModelMetric): ModelMetric =>
  historyPlace(b) > historyPlace(a) ? b : a;

function sortedBy(detail: LoggedModelDetail, { field, datasets }: Order) {
  if (field.entity !== 'metric') return fieldValue(detail, field, datasets);
  const metrics = detail.metrics.filter(({ key }) => key === field.key).filter(isOn(datasets));
  return metrics.length === 0 ? undefined : metrics.reduce(latest).value;
}

function rankValue(value: ReturnType<typeof sortedBy>): readonly [number, string] {
  if (typeof value === 'string') return [0, value];
  if (typeof value !== 'number') return [2, ''];
  return [Number.isNaN(value) ? 1 : 0, orderedDouble(value)];
}

export const rankOf = (detail: LoggedModelDetail, orders: readonly Order[]): Rank => ({
  values: orders.map((order) => rankValue(sortedBy(detail, order))),
  place: placeOf(detail.model),
});

/** Orders models; what is missing comes last in both directions. */
export const comparing =
  (orders: readonly Order[]) =>
  (a: Rank, b: Rank): number => {
    for (const [at, { ascending }] of orders.entries()) {
      const [phaseA, valueA] = a.values[at] ?? [2, ''];
      const [phaseB, valueB] = b.values[at] ?? [2, ''];
      if (phaseA !== phaseB) return phaseA - phaseB;
      const difference = compareText(valueA, valueB);
      if (difference !== 0) return ascending ? difference : -difference;
    }
    return compareText(a.place, b.place);
  };
