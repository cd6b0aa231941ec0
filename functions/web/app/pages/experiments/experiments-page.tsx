import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { count } from '../../data/format.ts';
import { withoutUnset } from '../../data/search-params.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { isRefused, QueryField } from '../../ui/query-field.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { experimentsQuery } from './experiment-data.ts';
import { CreateExperiment } from './experiment-dialogs.tsx';
import { ExperimentList } from './experiment-list.tsx';
import { filterOf } from './plain-search.ts';
import { type ExperimentsSearch, ORDERS, VIEWS } from './search.ts';

const route = getRouteApi('/signed-in/$group/experiments');

const EXAMPLES = [
  { query: 'digits', finds: 'names that contain it' },
  { query: "name ILIKE 'mnist%'", finds: 'names that begin so, in whatever case' },
  { query: "tags.team = 'vision'", finds: 'experiments with this tag' },
  { query: 'tags.owner IS NULL', finds: 'experiments without such a tag' },
  {
    query: "last_update_time > 1767225600000 AND name != 'Default'",
    finds: 'changed since then, in milliseconds since 1970',
  },
] as const;

const ORDERED_BY = {
  updated: 'last_update_time',
  created: 'creation_time',
  name: 'name',
} as const;

const WORDS = { active: 'Active', deleted: 'Deleted', all: 'All' } as const;

/** All experiments of the group: MLflow's and Dioptra's are the same. */
export function ExperimentsPage() {
  const group = useGroup();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [creating, setCreating] = useState(false);
  const { q = '', view = 'active', order = 'updated', ascending } = search;
  const query = useInfiniteQuery(
    experimentsQuery(group, {
      filter: filterOf(q, 'name'),
      view,
      orderBy: `${ORDERED_BY[order]} ${ascending === 'yes' ? 'ASC' : 'DESC'}`,
    }),
  );
  const all = useMemo(
    () => query.data?.pages.flatMap(({ experiments }) => experiments ?? []) ?? [],
    [query.data],
  );
  const set = (change: ExperimentsSearch): void =>
    void navigate({ search: (old) => withoutUnset({ ...old, ...change }) });
  return (
    <Page
      title="Experiments"
      freshness={<FreshnessOf query={query} />}
      actions={
        <Button kind="primary" onClick={() => setCreating(true)}>
          New experiment
        </Button>
      }
    >
      <div className="row">
        <QueryField
          label="Search experiments"
          placeholder="A name, or a filter such as tags.team = 'vision'"
          value={q}
          error={query.error}
          examples={EXAMPLES}
          help="MLflow's search: name, creation_time, last_update_time and tags.<name>, with AND, OR, NOT and parentheses. A word alone looks for names that contain it."
          onSearch={(text) => set({ q: text || undefined })}
        />
        <SelectField
          label="Which"
          labelHidden
          value={view}
          onChange={({ target }) => set({ view: VIEWS.find((each) => each === target.value) })}
        >
          {VIEWS.map((each) => (
            <option key={each} value={each}>
              {WORDS[each]}
            </option>
          ))}
        </SelectField>
      </div>
      {!isRefused(query.error) && (
        <Answer query={query}>
          {() => (
            <ExperimentList
              group={group}
              experiments={all}
              searched={q !== '' || view !== 'active'}
              sort={{ by: order, descending: ascending !== 'yes' }}
              onSort={({ by, descending }) =>
                set({
                  order: ORDERS.find((each) => each === by),
                  ascending: descending ? undefined : 'yes',
                })
              }
              onEnd={() => {
                if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
              }}
              footer={query.hasNextPage ? 'More follow below.' : `${count(all.length)} in all`}
              onCreate={() => setCreating(true)}
            />
          )}
        </Answer>
      )}
      <CreateExperiment group={group} open={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}
