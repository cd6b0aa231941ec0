import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answerOf, mlflow } from '../../../data/api.ts';
import { inGroup } from '../../../data/workspace.ts';
import { VIEW_TYPES } from '../experiment-data.ts';
import type { RunsAsked } from './asked.ts';
import type { RunsPage } from './run-pages.ts';
import { type RunRow, toRow } from './run-row.ts';

const PAGE = 200;
/** How often what is under way is looked at again. */
export const BUSY_MS = 4_000;
/** How many of the first runs are looked at again and again. */
export const TOP = 100;
const MOST_IN_FILTER = 500;

interface Part {
  readonly filter?: string;
  readonly most: number;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

async function answerTo(asked: RunsAsked, part: Part) {
  const { group, experiment, view, orderBy } = asked;
  const { filter = asked.filter, most, token, signal } = part;
  return await answerOf(
    mlflow.POST('/api/2.0/mlflow/runs/search', {
      body: {
        experiment_ids: [experiment],
        filter,
        run_view_type: VIEW_TYPES[view],
        order_by: [...orderBy],
        max_results: most,
        ...(token !== undefined && token !== '' && { page_token: token }),
      },
      ...(signal !== undefined && { signal }),
      ...inGroup(group),
    }),
  );
}

async function searchRuns(asked: RunsAsked, part: Part): Promise<RunsPage> {
  const { runs, next_page_token: next } = await answerTo(asked, part);
  return { rows: (runs ?? []).map(toRow), next };
}

/** Runs a page at a time. They are not read again as a whole: `lookAgain` renews what may have changed. */
export const runsQuery = (asked: RunsAsked) =>
  infiniteQueryOptions({
    queryKey: ['runs-of', asked.group, asked.experiment, asked],
    queryFn: ({ pageParam, signal }) => searchRuns(asked, { most: PAGE, token: pageParam, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }: RunsPage) => next,
    staleTime: Number.POSITIVE_INFINITY,
    // Answers may be large: they are neither compared nor kept for long.
    structuralSharing: false,
    gcTime: 60_000,
  });

const quoted = (ids: readonly string[]): string => ids.map((id) => `'${id}'`).join(', ');

/** How many runs charts draw at most. */
const DRAWN = 100;

/** Runs for charts, as the API has them: those that are chosen, else the first ones. */
export const drawnQuery = (asked: RunsAsked, chosen: ReadonlySet<string>) => {
  const ids = [...chosen].slice(0, DRAWN);
  return queryOptions({
    queryKey: ['runs-drawn', asked, ids],
    queryFn: async () => {
      const filter = ids.length === 0 ? asked.filter : `attributes.run_id IN (${quoted(ids)})`;
      return (await answerTo(asked, { filter, most: DRAWN })).runs ?? [];
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.some(({ info }) => info.status === 'RUNNING') === true ? BUSY_MS : false,
  });
};

/** What became of some runs: those that are still in the view, and the ids of those that are not. */
export interface Fate {
  readonly found: readonly RunRow[];
  readonly gone: readonly string[];
}

export async function runsById(asked: RunsAsked, ids: readonly string[]): Promise<Fate> {
  const found: RunRow[] = [];
  for (let at = 0; at < ids.length; at += MOST_IN_FILTER) {
    const some = ids.slice(at, at + MOST_IN_FILTER);
    const filter = `attributes.run_id IN (${quoted(some)})`;
    const { rows } = await searchRuns(asked, { filter, most: MOST_IN_FILTER });
    found.push(...rows);
  }
  const there = new Set(found.map(({ id }) => id));
  return { found, gone: ids.filter((id) => !there.has(id)) };
}

/** The first runs of a question by now, and what became of some others. */
export interface Look extends Fate {
  readonly top: readonly RunRow[];
}

export async function lookAgain(asked: RunsAsked, ids: readonly string[]): Promise<Look> {
  const { rows: top } = await searchRuns(asked, { most: TOP });
  const shown = new Set(top.map(({ id }) => id));
  return {
    top,
    ...(await runsById(
      asked,
      ids.filter((id) => !shown.has(id)),
    )),
  };
}
