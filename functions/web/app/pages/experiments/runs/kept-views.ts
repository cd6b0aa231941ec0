import { textOf, textsOf, withoutUnset, wordOf } from '../../../data/search-params.ts';
import type { ExperimentSearch } from '../search.ts';

/** A search of runs, with its columns and order, under a name. */
export interface KeptView {
  readonly name: string;
  readonly search: ExperimentSearch;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What a browser kept may be of an older version, or of somebody's hand. */
export function viewsOf(text: string | undefined): readonly KeptView[] {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(kept)) return [];
  return kept.filter(isRecord).flatMap(({ name, search }): KeptView[] => {
    if (typeof name !== 'string' || !isRecord(search)) return [];
    return [{ name, search: searchOf(search) }];
  });
}

const searchOf = (search: Readonly<Record<string, unknown>>): ExperimentSearch =>
  withoutUnset({
    q: textOf(search, 'q', 10_000),
    view: wordOf(search, 'view', ['active', 'deleted', 'all']),
    sort: textOf(search, 'sort'),
    columns: textsOf(search, 'columns'),
  });
