import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import { Answer, Loading } from '../../ui/page.tsx';
import { isRefused } from '../../ui/query-field.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import type { ChangeView } from '../runs/charts/charts-view.ts';
import { chartRun } from '../runs/run-data.ts';
import { askedOf } from './runs/asked.ts';
import { drawnQuery } from './runs/run-search.ts';
import { SearchBar, useSetSearch } from './runs/search-bar.tsx';

const route = getRouteApi('/signed-in/$group/experiments/$experiment');

const ExperimentCharts = lazy(() =>
  import('../runs/experiment-charts.tsx').then((module) => ({ default: module.ExperimentCharts })),
);

interface ChartsTabProps {
  readonly group: number;
  readonly experiment: string;
  /** Ids of the runs that are chosen in the table: they alone are drawn, if there are any. */
  readonly selected: ReadonlySet<string>;
}

/** The runs that the table would show, drawn. */
export function ChartsTab({ group, experiment, selected }: ChartsTabProps) {
  const { tab: _, q, view, sort, columns: __, ...charts } = route.useSearch();
  const set = useSetSearch();
  const query = useQuery(drawnQuery(askedOf(group, experiment, { q, view, sort }), selected));
  const runs = useMemo(() => query.data?.map(chartRun) ?? [], [query.data]);
  const onView: ChangeView = (change) => set(change as Parameters<typeof set>[0]);
  return (
    <div className="stack runs-tab">
      <SearchBar error={query.error}>
        <span className="spring" />
        <FreshnessOf query={query} />
      </SearchBar>
      {!isRefused(query.error) && (
        <Answer query={query}>
          {() => (
            <Suspense fallback={<Loading />}>
              <ExperimentCharts runs={runs} view={charts} onView={onView} />
            </Suspense>
          )}
        </Answer>
      )}
    </div>
  );
}
