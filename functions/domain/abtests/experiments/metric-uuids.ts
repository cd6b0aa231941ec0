import type { Platform } from '#kernel/context.ts';
import type { Doc } from './experiment.items.ts';

interface Lists {
  readonly metrics: readonly Doc[];
  readonly metricsSecondary: readonly Doc[];
}

/**
 * Metrics with an id each that no other has, be it of the same experiment or saved: who comes later, or
 * has none, gets a new one. Saved metrics keep theirs, since other experiments know them by it.
 */
export function withUuids(
  { ids }: Pick<Platform, 'ids'>,
  { metrics, metricsSecondary }: Lists,
  ofSaved: Iterable<string>,
): Lists & { readonly made: ReadonlySet<string> } {
  const taken = new Set(ofSaved);
  const made = new Set<string>();
  const named = (metric: Doc): Doc => {
    const { uuid: own } = metric;
    const isFree = typeof own === 'string' && own !== '' && !taken.has(own);
    const uuid = isFree ? own : ids.uuid();
    if (!isFree) made.add(uuid);
    taken.add(uuid);
    return { ...metric, uuid };
  };
  return { metrics: metrics.map(named), metricsSecondary: metricsSecondary.map(named), made };
}
