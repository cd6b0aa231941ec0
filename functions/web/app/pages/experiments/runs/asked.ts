import type { Sort } from '../../../ui/data-table-props.ts';
import { filterOf } from '../plain-search.ts';
import type { ExperimentSearch, View } from '../search.ts';
import { columnOf, orderedBy } from './run-columns.ts';

/** A question that the table shows the answer of. */
export interface RunsAsked {
  readonly group: number;
  readonly experiment: string;
  readonly filter: string;
  readonly view: View;
  readonly orderBy: readonly string[];
}

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
