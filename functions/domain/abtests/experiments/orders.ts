import { shown, wrong } from '../refuse.ts';
import type { MetricList } from './experiment.items.ts';

const uuidsOf = (metrics: readonly { readonly [name: string]: unknown }[]): readonly string[] =>
  metrics.flatMap(({ uuid }) => (typeof uuid === 'string' ? [uuid] : []));

interface OrderWish {
  readonly list: MetricList;
  /** As it was, for what is not sent. */
  readonly before: readonly string[] | null;
  /** As it was sent, where it was. */
  readonly wished: readonly string[] | null | undefined;
  /** Metrics of the list, those of the experiment's own before saved ones. */
  readonly metrics: readonly { readonly [name: string]: unknown }[];
  /** Ids that were made just now, which nobody can have ordered. */
  readonly made: ReadonlySet<string>;
}

function requireComplete({ list, wished, metrics, made }: OrderWish): void {
  const attr = `${list}_metrics_ordered_uuids`;
  const expected = uuidsOf(metrics).filter((uuid) => !made.has(uuid));
  if (expected.length === 0) return;
  if (wished === null) {
    throw wrong(attr, `${attr} is null but ${list} metrics exist.`);
  }
  const missing = expected.filter((uuid) => wished?.includes(uuid) !== true).sort();
  if (missing.length > 0) {
    throw wrong(attr, `${attr} is missing UUIDs: ${shown(missing)}. Name every metric once.`);
  }
}

/**
 * The order of a list of metrics: as wished, else as it was, without those that are gone and with those
 * that came at its end. Throws where a wish leaves metrics out.
 */
export function orderOf(wish: OrderWish): readonly string[] | null {
  const { before, wished, metrics } = wish;
  if (wished !== undefined) requireComplete(wish);
  const there = new Set(uuidsOf(metrics));
  const kept = [...new Set(wished ?? before ?? [])].filter((uuid) => there.has(uuid));
  const order = [...new Set([...kept, ...there])];
  return order.length === 0 && (wished ?? before) === null ? null : order;
}
