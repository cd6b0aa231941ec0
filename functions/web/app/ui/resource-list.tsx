import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { count } from '../data/format.ts';
import { type Column, DataTable } from './data-table.tsx';
import { type ListSearch, listQuery, shownSort, sortSearch } from './list-search.ts';
import { ErrorNote, Loading } from './page.tsx';
import { SearchField } from './search-field.tsx';
import { FreshnessOf } from './text.tsx';
import './resource-list.css';

export type ListQuery = ReturnType<typeof listQuery> & {
  readonly index: number;
  readonly pageLength: number;
};

interface Found<Row> {
  readonly data: readonly Row[];
  readonly index: number;
  readonly totalNumResults: number;
}

interface ResourceListProps<Row> {
  /** What is listed, in the plural: "entrypoints". */
  readonly what: string;
  readonly queryKey: readonly unknown[];
  readonly load: (query: ListQuery) => Promise<Found<Row>>;
  readonly columns: readonly Column<Row>[];
  /** What the address says, and how to change it. */
  readonly search: ListSearch;
  readonly onSearch: (search: ListSearch) => void;
  /** Where nothing is listed at all. */
  readonly empty: ReactNode;
}

const PAGE_LENGTH = 100;

/** A list of named things of a group: searched, sorted, and loaded page by page while one scrolls. */
export function ResourceList<Row extends { readonly id: number }>(props: ResourceListProps<Row>) {
  const { what, columns, search, onSearch, empty } = props;
  const query = useInfiniteQuery({
    queryKey: [...props.queryKey, search],
    queryFn: ({ pageParam }) =>
      props.load({ ...listQuery(search), index: pageParam, pageLength: PAGE_LENGTH }),
    initialPageParam: 0,
    getNextPageParam: ({ index, data, totalNumResults }) =>
      data.length > 0 && index + data.length < totalNumResults ? index + data.length : undefined,
  });
  const rows = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const total = query.data?.pages[0]?.totalNumResults ?? 0;
  if (query.data !== undefined && total === 0 && search.search === undefined) return empty;
  return (
    <div className="resource-list">
      <div className="resource-list-head">
        <SearchField
          label={`Search ${what}`}
          placeholder="Search: text, name:text, tag:text"
          value={search.search ?? ''}
          onSearch={(text) => onSearch({ ...search, search: text === '' ? undefined : text })}
        />
        <FreshnessOf query={query} />
      </div>
      {query.data === undefined && query.isError && (
        <ErrorNote error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.data === undefined && query.isPending && <Loading />}
      {query.data !== undefined && (
        <DataTable
          label={`List of ${what}`}
          columns={columns}
          rows={rows}
          rowId={({ id }) => String(id)}
          sort={shownSort(search)}
          onSort={(sort) => onSearch({ ...search, ...sortSearch(sort) })}
          height="70dvh"
          onEnd={() => {
            if (query.hasNextPage && !query.isFetching) void query.fetchNextPage();
          }}
          footer={
            total === 0
              ? `No ${what} match the search.`
              : `${count(rows.length)} of ${count(total)} ${what}`
          }
        />
      )}
    </div>
  );
}
