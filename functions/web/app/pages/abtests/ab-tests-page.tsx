import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { count } from '../../data/format.ts';
import { withoutUnset } from '../../data/search-params.ts';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Checkbox, SelectField } from '../../ui/field.tsx';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { SearchOnEnter } from '../../ui/search-field.tsx';
import { Facts, FreshnessOf } from '../../ui/text.tsx';
import { AbTestTable } from './ab-test-table.tsx';
import { abTestsQuery, statsQuery } from './queries.ts';
import { ORDERS, STATUSES } from './search-words.ts';

const route = getRouteApi('/signed-in/$group/ab-tests');
const MOST = 500;

/** All A/B tests of the group, with what came of them so far. */
export function AbTestsPage() {
  const group = useGroup();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const { status, search, archived, by = 'created_at', up } = asked;
  const query = useQuery(
    abTestsQuery(group, {
      status,
      search,
      archived,
      order: `${up === true ? '' : '-'}${by}`,
      limit: MOST,
    }),
  );
  const isFiltered = status !== undefined || search !== undefined || archived === true;
  return (
    <Page
      title="A/B tests"
      freshness={<FreshnessOf query={query} />}
      actions={
        <Link className={buttonClass('primary')} to="/$group/ab-tests/new" params={{ group }}>
          New A/B test
        </Link>
      }
    >
      <Overview />
      <Filters />
      <Answer query={query}>
        {({ results, count: all }) =>
          results.length === 0 ? (
            <NoTests isFiltered={isFiltered} />
          ) : (
            <AbTestTable
              experiments={results}
              sort={{ by, descending: up !== true }}
              onSort={({ by: column, descending }) => {
                const order = ORDERS.find((each) => each === column);
                if (order === undefined) return;
                void navigate({
                  search: ({ up: _, ...before }) => ({
                    ...before,
                    by: order,
                    ...(!descending && { up: true as const }),
                  }),
                  replace: true,
                });
              }}
              footer={
                all > results.length
                  ? `The first ${count(results.length)} of ${count(all)}; search to find others.`
                  : `${count(all)} ${all === 1 ? 'test' : 'tests'}`
              }
            />
          )
        }
      </Answer>
    </Page>
  );
}

function Overview() {
  const query = useQuery(statsQuery(useGroup()));
  if (query.data === undefined) return null;
  const { active_experiments: active, launched_last_30d: launched } = query.data;
  return (
    <Facts
      facts={[
        ['Under way', count(active)],
        ['Launched within 30 days', count(launched)],
        ['Launched in the 30 days before', count(query.data.launched_previous_30d)],
        ['Ended within 30 days', count(query.data.completed_last_30d)],
      ]}
    />
  );
}

function Filters() {
  const { status, search, archived } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => withoutUnset({ ...before, ...changed }) });
  return (
    <search className="row">
      <SearchOnEnter
        label="Search by name"
        placeholder="Search by name"
        value={search ?? ''}
        onSearch={(text) => change({ search: text === '' ? undefined : text })}
      />
      <SelectField
        label="Status"
        labelHidden
        value={status ?? ''}
        onChange={({ target }) =>
          change({ status: STATUSES.find((each) => each === target.value) })
        }
      >
        <option value="">Every status</option>
        <option value="draft">Drafts</option>
        <option value="running">Running</option>
        <option value="paused">Paused</option>
        <option value="stopped">Ended</option>
      </SelectField>
      <Checkbox
        label="Archived ones"
        checked={archived === true}
        onChange={({ target }) => change({ archived: target.checked ? true : undefined })}
      />
    </search>
  );
}

function NoTests({ isFiltered }: { readonly isFiltered: boolean }) {
  const group = useGroup();
  if (isFiltered) {
    return (
      <Empty
        title="No A/B test is like that"
        action={
          <Link to="/$group/ab-tests" params={{ group }} search={{}}>
            Show all
          </Link>
        }
      />
    );
  }
  return (
    <Empty
      title="No A/B tests yet"
      action={
        <Link className={buttonClass('primary')} to="/$group/ab-tests/new" params={{ group }}>
          Make the first one
        </Link>
      }
    >
      <p>
        An A/B test shows variants of something to people by chance, and tells by their events
        whether one is better. Programs take part through PostHog's SDKs; the code to copy stands on
        the test's page.
      </p>
    </Empty>
  );
}
