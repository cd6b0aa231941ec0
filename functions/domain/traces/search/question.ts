import { MAX_RUN_TIME } from '#domain/tracking/index.ts';
import type { Comparison, Filter, Order } from '#kernel/filter/ast.ts';
import { RUN_METADATA } from '../schemas.ts';
import { traceKeys } from '../trace.items.ts';

/** What of a filter says where to look: the rest is compared row by row. */
export interface Where {
  /** Places of the first and last trace that can fit; undefined where none can. */
  readonly range?: { readonly from: string; readonly to: string };
  readonly runId?: string;
  readonly id?: string;
}

/** Comparisons that every trace found must satisfy. */
function required(filter: Filter | undefined): readonly Comparison[] {
  const parts = filter?.kind === 'all' ? filter.of : [filter];
  return parts.filter((part): part is Comparison => part?.kind === 'comparison');
}

const isField = ({ field }: Comparison, entity: string, key: string): boolean =>
  field.entity === entity && field.key === key;

const equal = (comparisons: readonly Comparison[], entity: string, key: string) => {
  const found = comparisons.find(
    (one) => one.operator === '=' && isField(one, entity, key) && typeof one.value === 'string',
  );
  return found?.value as string | undefined;
};

/** The whole milliseconds from and to which a comparison of times holds. */
function bounds({ operator, value }: Comparison): readonly [number, number] {
  const time = typeof value === 'number' ? value : 0;
  switch (operator) {
    case '>':
      return [Math.floor(time) + 1, MAX_RUN_TIME];
    case '>=':
      return [Math.ceil(time), MAX_RUN_TIME];
    case '<':
      return [0, Math.ceil(time) - 1];
    case '<=':
      return [0, Math.floor(time)];
    case '=':
      return [Math.ceil(time), Math.floor(time)];
    default:
      return [0, MAX_RUN_TIME];
  }
}

function rangeOf(comparisons: readonly Comparison[]): Where['range'] {
  const times = comparisons.filter((one) => isField(one, 'attribute', 'timestamp_ms')).map(bounds);
  const from = Math.max(0, ...times.map(([low]) => low));
  const to = Math.min(MAX_RUN_TIME, ...times.map(([, high]) => high));
  if (!(from <= to)) return undefined;
  return { from: traceKeys.notAfter(to), to: traceKeys.notBefore(from) };
}

export function whereOf(filter: Filter | undefined): Where {
  const comparisons = required(filter);
  const range = rangeOf(comparisons);
  const runId = equal(comparisons, 'request_metadata', RUN_METADATA);
  const id = equal(comparisons, 'attribute', 'request_id');
  return {
    ...(range === undefined ? {} : { range }),
    ...(runId === undefined ? {} : { runId }),
    ...(id === undefined ? {} : { id }),
  };
}

/** Whether an order is that of the rows, and in which direction; undefined for every other order. */
export function timeOrder(orders: readonly Order[]): 'latest' | 'earliest' | undefined {
  const [first, ...others] = orders;
  if (first === undefined) return 'latest';
  const isTime = first.field.entity === 'attribute' && first.field.key === 'timestamp_ms';
  if (!isTime || others.length > 0) return undefined;
  return first.ascending ? 'earliest' : 'latest';
}
