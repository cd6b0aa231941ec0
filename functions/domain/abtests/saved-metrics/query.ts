import type { Platform } from '#kernel/context.ts';
import type { Doc } from '../experiments/experiment.items.ts';
import { parseMetric } from '../metrics/index.ts';
import { wrong } from '../refuse.ts';

/**
 * Checks the query of a saved metric. It keeps the id that it had, or gets one that none else has: an id
 * that came from elsewhere may be another metric's.
 */
export function parseQuery(
  { ids }: Pick<Platform, 'ids'>,
  sent: unknown,
  before: Doc | undefined,
): Doc {
  const isThere = sent !== undefined && sent !== null && Object.keys(Object(sent)).length > 0;
  if (!isThere) throw wrong('query', 'Query is required to create a saved metric');
  const query = parseMetric(sent, 'query');
  return { ...query, uuid: before?.uuid ?? query.uuid ?? ids.uuid() };
}
