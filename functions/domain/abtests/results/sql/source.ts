import type { SqlDialect } from '#kernel/warehouse.ts';
import type { EventsNode, Source } from '../../metrics/index.ts';
import { cannotCompute } from '../refuse.ts';
import { allOf, textLiteral } from './literal.ts';
import { numberOf } from './number.ts';
import { filtersSql } from './property-filter.ts';

/** How the events of a source are called in every statement. */
export const EVENT = 'm';

/** Throws unless a source is events that can be counted here. */
export function requireEvents(source: Source): EventsNode {
  if (source.kind === 'ActionsNode') {
    throw cannotCompute('Metrics of actions cannot be computed here; name events instead.');
  }
  if (source.kind === 'ExperimentDataWarehouseNode') {
    throw cannotCompute('Metrics of tables of a data warehouse cannot be computed here.');
  }
  return source;
}

/** Whether an event is one of a source. */
export function isOfSource(dialect: SqlDialect, source: Source): string {
  const { event, properties, fixedProperties } = requireEvents(source);
  const filters = [...(properties ?? []), ...(fixedProperties ?? [])];
  return allOf([
    ...(typeof event === 'string' ? [`${EVENT}.event = ${textLiteral(event)}`] : []),
    ...(filters.length === 0 ? [] : [filtersSql(dialect, EVENT, filters)]),
  ]);
}

const OF_PROPERTY = ['sum', 'avg', 'min', 'max'] as const;
type OfProperty = (typeof OF_PROPERTY)[number];

const isOfProperty = (math: string): math is OfProperty =>
  (OF_PROPERTY as readonly string[]).includes(math);

/** What the events of a source add up to for an entity that has some. */
export function amountOf(dialect: SqlDialect, source: Source): string {
  const node = requireEvents(source);
  const math = node.math ?? 'total';
  if (math === 'hogql') {
    throw cannotCompute('Metrics with expressions in HogQL cannot be computed here.');
  }
  if (node.math_property_type === 'session_properties') {
    throw cannotCompute('Metrics of properties of sessions cannot be computed here.');
  }
  if (isOfProperty(math)) {
    if (typeof node.math_property !== 'string') {
      throw cannotCompute(`A metric with the math '${math}' needs a property of its events.`);
    }
    return `coalesce(${math}(${numberOf(dialect, `${EVENT}.properties`, node.math_property)}), 0e0)`;
  }
  if (math === 'dau') return '1e0';
  if (math === 'unique_session') {
    const session = dialect.member(`${EVENT}.properties`, '$session_id');
    return `CAST(count(DISTINCT nullif(${session}, '')) AS DOUBLE)`;
  }
  return 'CAST(count(*) AS DOUBLE)';
}
