import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type RunsPage, renewed, unknownOf, without, withTop } from './run-pages.ts';
import { isUnended, type RunRow } from './run-row.ts';
import { type Look, lookAgain, type RunsAsked, runsById, runsQuery, TOP } from './run-search.ts';

const BUSY_MS = 4_000;
const QUIET_MS = 15_000;
/** So many running runs beyond the first ones are kept up to date. */
const MOST_WATCHED = 100;
/** More are not kept in memory: whoever comes so far searches. */
const MOST_LOADED = 100_000;

const NO_ROWS: readonly RunRow[] = [];

export type Runs = ReturnType<typeof useRuns>;

/** The runs that a question finds, as far as they are loaded; kept up to date while they are looked at. */
export function useRuns(asked: RunsAsked) {
  const options = runsQuery(asked);
  const query = useInfiniteQuery({ ...options, placeholderData: keepPreviousData });
  const pages = query.data?.pages;
  const rows = useMemo(() => pages?.flatMap((page) => page.rows) ?? NO_ROWS, [pages]);
  const live = useLive(asked, rows, query.isPlaceholderData ? 0 : query.dataUpdatedAt);
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  const full = rows.length >= MOST_LOADED;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isError && !full) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, full, fetchNextPage]);
  return { query, rows, full, more, ...live };
}

/** Asked for only when runs came in: to follow each scroll would cost frames. */
const isAtTop = (frame: HTMLElement | null): boolean =>
  (frame?.querySelector('.data-table')?.scrollTop ?? 0) < 4;

interface Waiting extends Look {
  /** How many of its runs are not in the table. */
  readonly fresh: number;
}

/** New runs come in at the top while the table stands there, and wait while it is scrolled: nothing jumps. */
function useLive(asked: RunsAsked, rows: readonly RunRow[], readAt: number) {
  const { edit, reload } = usePages(asked);
  const [waiting, setWaiting] = useState<Waiting>();
  const frame = useRef<HTMLDivElement>(null);
  const look = useLook(asked, rows, readAt);
  const show = useCallback(
    ({ top, fresh }: Waiting) => {
      setWaiting(undefined);
      // Runs between these and those loaded before would be missing.
      if (fresh === TOP) void reload();
      else edit((pages) => withTop(pages, top));
    },
    [edit, reload],
  );
  const seen = look.data;
  useEffect(() => {
    if (seen === undefined) return;
    const { top, found, gone } = seen;
    const pages = edit((known) => without(renewed(known, [...top, ...found]), gone));
    const fresh = unknownOf(pages, top).length;
    if (fresh === 0) setWaiting(undefined);
    else if (isAtTop(frame.current)) show({ ...seen, fresh });
    else setWaiting({ ...seen, fresh });
  }, [seen, edit, show]);
  return {
    look,
    reload,
    /** Runs that came in while the table was scrolled. */
    fresh: waiting?.fresh ?? 0,
    showFresh: () => waiting !== undefined && show(waiting),
    /** What the table that scrolls is within. */
    frame,
    /** After something was done to some runs. */
    readAgain: async (ids: readonly string[]) => {
      const { found, gone } = await runsById(asked, ids);
      edit((known) => without(renewed(known, found), gone));
    },
  };
}

/** The first runs and those that are under way, again and again while the page is looked at. */
function useLook(asked: RunsAsked, rows: readonly RunRow[], readAt: number) {
  const watched = useMemo(() => rows.filter(isUnended).slice(0, MOST_WATCHED), [rows]);
  const ready = readAt > 0;
  return useQuery({
    queryKey: ['runs-look', asked],
    queryFn: () =>
      lookAgain(
        asked,
        watched.map(({ id }) => id),
      ),
    enabled: ready,
    // What was loaded just now is not read twice.
    ...(ready && {
      initialData: (): Look => ({ top: rows.slice(0, TOP), found: [], gone: [] }),
      initialDataUpdatedAt: readAt,
    }),
    staleTime: BUSY_MS,
    refetchInterval: watched.length > 0 ? BUSY_MS : QUIET_MS,
    structuralSharing: false,
    gcTime: 0,
  });
}

type Edit = (change: (pages: readonly RunsPage[]) => readonly RunsPage[]) => readonly RunsPage[];

/** Changes the loaded pages in place; answers them as they are then. */
function usePages(asked: RunsAsked): { readonly edit: Edit; readonly reload: () => Promise<void> } {
  const queries = useQueryClient();
  const key = JSON.stringify(asked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is asked
  return useMemo(() => {
    const { queryKey } = runsQuery(asked);
    return {
      edit: (change) => {
        const data = queries.getQueryData<InfiniteData<RunsPage, string>>(queryKey);
        if (data === undefined) return [];
        const pages = change(data.pages);
        if (pages !== data.pages) queries.setQueryData(queryKey, { ...data, pages: [...pages] });
        return pages;
      },
      reload: () => queries.resetQueries({ queryKey }),
    };
  }, [queries, key]);
}
