import type { Sort } from '../../../ui/data-table.tsx';
import { filterOf } from '../plain-search.ts';
import type { ExperimentSearch } from '../routes.tsx';
import { columnOf, orderedBy } from './run-columns.ts';
import type { RunsAsked } from './run-search.ts';

/** What the address says is shown, as a question to the server. */
export function askedOf(
  group: number,
  experiment: string,
  search: Pick<ExperimentSearch, 'q' | 'view' | 'sort'>,
): RunsAsked {
  const sort = sortOf(search.sort);
  const column = columnOf(sort.by);
  const by = column === undefined ? undefined : orderedBy(column);
  return {
    group,
    experiment,
    filter: filterOf(search.q ?? '', 'attributes.run_name'),
    view: search.view ?? 'active',
    orderBy: by === undefined ? [] : [`${by} ${sort.descending ? 'DESC' : 'ASC'}`],
  };
}

/** The latest come first while nobody says otherwise. */
export const sortOf = (sort = '-started'): Sort => ({
  by: sort.replace(/^-/, ''),
  descending: sort.startsWith('-'),
});
