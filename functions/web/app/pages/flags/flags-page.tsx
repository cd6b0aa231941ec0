import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { count } from '../../data/format.ts';
import { withoutUnset } from '../../data/search-params.ts';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { SearchOnEnter } from '../../ui/search-field.tsx';
import { Badge, FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { ActiveSwitch } from './active-switch.tsx';
import { filtersOf, variantsOfFlag } from './filters.ts';
import { audienceOf, type Flag, KINDS, kindOf } from './model.ts';
import { type FlagsAsked, flagsQuery } from './queries.ts';
import { ACTIVITIES, ORDERS, TYPES } from './search-words.ts';

const route = getRouteApi('/signed-in/$group/flags');

/** All feature flags of the group. */
export function FlagsPage() {
  const group = useGroup();
  const { search, type, active, by = 'created_at', up } = route.useSearch();
  const navigate = route.useNavigate();
  const asked: FlagsAsked = { search, type, active, order: `${up === true ? '' : '-'}${by}` };
  const query = useQuery(flagsQuery(group, asked));
  const isFiltered = search !== undefined || type !== undefined || active !== undefined;
  return (
    <Page
      title="Feature flags"
      freshness={<FreshnessOf query={query} />}
      actions={
        <>
          <Link className={buttonClass()} to="/$group/flags/test" params={{ group }} search={{}}>
            Test a person
          </Link>
          <Link className={buttonClass('primary')} to="/$group/flags/new" params={{ group }}>
            New flag
          </Link>
        </>
      }
    >
      <FlagFilters />
      <Answer query={query}>
        {({ results, count: all }) =>
          results.length === 0 ? (
            <NoFlags isFiltered={isFiltered} />
          ) : (
            <DataTable
              label="Feature flags"
              columns={columnsOf(group)}
              rows={results}
              rowId={({ id }) => String(id)}
              height="calc(100dvh - 15rem)"
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
                  : `${count(all)} ${all === 1 ? 'flag' : 'flags'}`
              }
            />
          )
        }
      </Answer>
    </Page>
  );
}

const columnsOf = (group: number): readonly Column<Flag>[] => [
  {
    id: 'active',
    title: 'On',
    sortable: true,
    width: 100,
    cell: (flag) => <ActiveSwitch flag={flag} />,
  },
  {
    id: 'key',
    title: 'Key',
    sortable: true,
    width: 200,
    cell: ({ id, key }) => (
      <Link to="/$group/flags/$flag" params={{ group, flag: String(id) }}>
        <Name>{key}</Name>
      </Link>
    ),
  },
  {
    id: 'name',
    title: 'Description',
    sortable: true,
    width: 230,
    cell: ({ name }) => <Name>{name}</Name>,
  },
  { id: 'type', title: 'Type', width: 140, cell: (flag) => KINDS[kindOf(flag)] },
  {
    id: 'for',
    title: 'For whom',
    width: 170,
    cell: (flag) => {
      const variants = variantsOfFlag(filtersOf(flag)).length;
      return `${audienceOf(flag)}${variants > 0 ? `, ${variants} variants` : ''}`;
    },
  },
  {
    id: 'state',
    title: 'State',
    width: 80,
    cell: ({ status }) =>
      status === 'STALE' ? (
        <Badge tone="warn">stale</Badge>
      ) : (
        <span className="quiet">{status.toLowerCase()}</span>
      ),
  },
  {
    id: 'updated_at',
    title: 'Changed',
    sortable: true,
    width: 115,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
  {
    id: 'maker',
    title: 'Made by',
    width: 90,
    cell: ({ created_by: person }) => <Name>{person?.first_name ?? '–'}</Name>,
  },
];

function FlagFilters() {
  const { search, type, active } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: Partial<ReturnType<typeof route.useSearch>>) =>
    void navigate({ search: (before) => withoutUnset({ ...before, ...changed }) });
  return (
    <search className="row">
      <SearchOnEnter
        label="Search by key or description"
        placeholder="Search, then Enter"
        value={search ?? ''}
        onSearch={(text) => change({ search: text === '' ? undefined : text })}
      />
      <SelectField
        label="Type"
        labelHidden
        value={type ?? ''}
        onChange={({ target }) => change({ type: TYPES.find((each) => each === target.value) })}
      >
        <option value="">Every type</option>
        {TYPES.map((each) => (
          <option key={each} value={each}>
            {KINDS[each]}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="On or off"
        labelHidden
        value={active ?? ''}
        onChange={({ target }) =>
          change({ active: ACTIVITIES.find((each) => each === target.value) })
        }
      >
        <option value="">On and off</option>
        <option value="true">On</option>
        <option value="false">Off</option>
        <option value="STALE">Stale: the same for all for 30 days</option>
      </SelectField>
    </search>
  );
}

function NoFlags({ isFiltered }: { readonly isFiltered: boolean }) {
  const group = useGroup();
  if (isFiltered) {
    return (
      <Empty
        title="No flag is like that"
        action={
          <Link to="/$group/flags" params={{ group }} search={{}}>
            Show all
          </Link>
        }
      />
    );
  }
  return (
    <Empty
      title="No feature flags yet"
      action={
        <Link className={buttonClass('primary')} to="/$group/flags/new" params={{ group }}>
          Make the first one
        </Link>
      }
    >
      <p>
        A flag decides for each person whether something is on, or which variant of it. Programs ask
        by PostHog's SDKs; the code to copy stands on the flag's page. A/B tests make theirs.
      </p>
    </Empty>
  );
}
