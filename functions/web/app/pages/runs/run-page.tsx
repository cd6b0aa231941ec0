import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { Artifacts } from './artifacts/artifacts.tsx';
import type { ChangeView } from './charts/charts-view.ts';
import { MetricBoard } from './charts/metric-board.tsx';
import { ExperimentCrumbs } from './experiment-crumbs.tsx';
import { RunActions } from './run/run-actions.tsx';
import { RunFacts } from './run/run-facts.tsx';
import { RunOverview } from './run/run-overview.tsx';
import { chartRun, nameOf, type Run, runQuery } from './run-data.ts';

const route = getRouteApi('/signed-in/$group/runs/$run');

const TABS = [
  ['overview', 'Overview'],
  ['metrics', 'Metrics'],
  ['artifacts', 'Artifacts'],
] as const;

export function RunPage() {
  const { run: id } = route.useParams();
  const query = useQuery(runQuery(id));
  const run = query.data;
  return (
    <Page
      title={run === undefined ? 'Run' : nameOf(run)}
      above={run !== undefined && <ExperimentCrumbs experiment={run.info.experiment_id} />}
      actions={run !== undefined && <RunActions run={run} />}
      freshness={<FreshnessOf query={query} />}
    >
      <Answer query={query} loading="Loading the run …">
        {(data) => <RunBody run={data} />}
      </Answer>
    </Page>
  );
}

function RunBody({ run }: { readonly run: Run }) {
  const { tab = 'overview', ...view } = route.useSearch();
  const navigate = route.useNavigate();
  const onView: ChangeView = useCallback(
    (change) =>
      void navigate({
        search: (old) => ({ ...old, ...change }) as typeof old,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const charted = useMemo(() => [chartRun(run)], [run]);
  return (
    <>
      <RunFacts run={run} />
      <Tabs label="Of this run">
        {TABS.map(([id, text]) => (
          <Link
            key={id}
            from="/$group/runs/$run"
            to="/$group/runs/$run"
            search={(old) => ({ ...old, tab: id })}
            aria-current={tab === id ? 'page' : undefined}
            activeProps={{}}
            resetScroll={false}
          >
            {text}
          </Link>
        ))}
      </Tabs>
      {tab === 'overview' && <RunOverview run={run} />}
      {tab === 'metrics' && <MetricBoard runs={charted} view={view} onView={onView} />}
      {tab === 'artifacts' && <Artifacts run={run} />}
    </>
  );
}
