import type { Doc } from '../experiments/experiment.items.ts';
import { isDoc, wrong } from '../refuse.ts';

const MAX_FILTERS = 50;

function percentOf(filter: unknown): number {
  const percent = isDoc(filter) ? filter.rollout_percentage : undefined;
  if (percent === undefined || percent === null) {
    throw wrong('filters', 'Rollout percentage must be present.');
  }
  if (typeof percent !== 'number' || percent < 0 || percent > 100) {
    throw wrong('filters', 'Rollout percentage must be between 0 and 100.');
  }
  return percent;
}

/** Checks whom a holdout holds out; each filter is stored with the variant that those see. */
export function parseFilters(sent: unknown, id: number): readonly Doc[] {
  if (!Array.isArray(sent)) throw wrong('filters', 'Filters must be a list');
  if (sent.length > MAX_FILTERS) throw wrong('filters', `At most ${MAX_FILTERS} filters, please.`);
  return sent.map((filter: unknown) => ({
    properties: [],
    ...(isDoc(filter) ? filter : {}),
    rollout_percentage: percentOf(filter),
    variant: `holdout-${id}`,
  }));
}

/** Throws where a new holdout holds nobody out. */
export function requireFilters(sent: unknown): void {
  const isThere = Array.isArray(sent) ? sent.length > 0 : sent !== undefined && sent !== null;
  if (!isThere) throw wrong('filters', 'Filters are required to create an holdout group');
}
