import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { count } from '../data/format.ts';
import { type Column, DataTable } from './data-table.tsx';
import { TextField } from './field.tsx';
import { type ListSearch, listQuery, shownSort, sortSearch } from './list-search.ts';
import { ErrorNote, Loading } from './page.tsx';
import { Freshness } from './text.tsx';
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
          what={what}
          value={search.search ?? ''}
          onChange={(text) => onSearch({ ...search, search: text === '' ? undefined : text })}
        />
        <Freshness
          at={query.dataUpdatedAt}
          onRefresh={() => void query.refetch()}
          busy={query.isFetching}
          error={query.error}
        />
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

interface SearchFieldProps {
  readonly what: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

const PAUSE_MS = 300;

/** Searches when one pauses, not at each key. */
function SearchField({ what, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed starts the pause
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <TextField
      type="search"
      label={`Search ${what}`}
      labelHidden
      placeholder="Search: text, name:text, tag:text"
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}
