import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { RunsAsked } from './asked.ts';
import { type RunsPage, renewed, unknownOf, without, withTop } from './run-pages.ts';
import { isUnended, type RunRow } from './run-row.ts';
import { BUSY_MS, type Look, lookAgain, runsById, runsQuery, TOP } from './run-search.ts';

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
  const live = useLive(asked, {
    rows,
    readAt: query.isPlaceholderData ? 0 : query.dataUpdatedAt,
    busy: query.isFetching,
  });
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

interface Loaded {
  readonly rows: readonly RunRow[];
  /** When they were read, in ms; 0 while they are those of another question. */
  readonly readAt: number;
  readonly busy: boolean;
}

/** New runs come in at the top while the table stands there, and wait while it is scrolled: nothing jumps. */
function useLive(asked: RunsAsked, { rows, readAt, busy }: Loaded) {
  const { edit, reload, settled } = usePages(asked);
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
    // A page that is under way would undo what is changed now.
    if (seen === undefined || busy) return;
    const { top, found, gone } = seen;
    const pages = edit((known) => without(renewed(known, [...top, ...found]), gone));
    const fresh = unknownOf(pages, top).length;
    if (fresh === 0) setWaiting(undefined);
    else if (isAtTop(frame.current)) show({ ...seen, fresh });
    else setWaiting({ ...seen, fresh });
  }, [seen, busy, edit, show]);
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
      await settled();
      edit((known) => without(renewed(known, found), gone));
    },
  };
}

/** The first runs and those that are under way, again and again while the page is looked at. */
function useLook(asked: RunsAsked, rows: readonly RunRow[], readAt: number) {
  const unended = useMemo(() => rows.filter(isUnended).slice(0, MOST_WATCHED), [rows]);
  const ready = readAt > 0;
  return useQuery({
    queryKey: ['runs-look', asked],
    queryFn: () =>
      // Those loaded first are asked for even if they are no longer first: they may be gone.
      lookAgain(
        asked,
        [...unended, ...rows.slice(0, TOP)].map(({ id }) => id),
      ),
    enabled: ready,
    // What was loaded just now is not read twice.
    ...(ready && {
      initialData: (): Look => ({ top: rows.slice(0, TOP), found: [], gone: [] }),
      initialDataUpdatedAt: readAt,
    }),
    staleTime: BUSY_MS,
    refetchInterval: unended.length > 0 ? BUSY_MS : QUIET_MS,
    structuralSharing: false,
    gcTime: 0,
  });
}

interface Pages {
  readonly edit: Edit;
  readonly reload: () => Promise<void>;
  /** Forgets what other searches found, and waits for a page that is under way: it would undo an edit. */
  readonly settled: () => Promise<void>;
}

type Edit = (change: (pages: readonly RunsPage[]) => readonly RunsPage[]) => readonly RunsPage[];

/** Changes the loaded pages in place; answers them as they are then. */
function usePages(asked: RunsAsked): Pages {
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
      settled: async () => {
        const others = ['runs-of', asked.group, asked.experiment];
        queries.removeQueries({ queryKey: others, type: 'inactive' });
        while (queries.isFetching({ queryKey }) > 0) await new Promise((go) => setTimeout(go, 50));
      },
    };
  }, [queries, key]);
}
