import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { count } from '../../data/format.ts';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import type { ChangeView } from './charts/charts-view.ts';
import { MetricBoard } from './charts/metric-board.tsx';
import { Parallel } from './charts/parallel.tsx';
import { Scatter } from './charts/scatter.tsx';
import { CompareArtifacts } from './compare/compare-artifacts.tsx';
import { CompareMetrics } from './compare/compare-metrics.tsx';
import { CompareParams } from './compare/compare-params.tsx';
import { ExperimentCrumbs } from './experiment-crumbs.tsx';
import { chartRun, type FoundRuns, type Run, runsQuery } from './run-data.ts';

const route = getRouteApi('/signed-in/$group/compare');

const TABS = [
  ['params', 'Params'],
  ['metrics', 'Metrics'],
  ['curves', 'Curves'],
  ['charts', 'Charts'],
  ['artifacts', 'Artifacts'],
] as const;

const NONE: readonly string[] = [];

export function ComparePage() {
  const { runs: ids = NONE } = route.useSearch();
  const query = useQuery({ ...runsQuery(ids), enabled: ids.length > 0 });
  return (
    <Page
      title={ids.length === 0 ? 'Compare runs' : `Compare ${count(ids.length)} runs`}
      above={<ExperimentCrumbs experiment={onlyExperiment(query.data?.runs)} />}
      freshness={<FreshnessOf query={query} />}
    >
      {ids.length === 0 ? (
        <Empty title="No runs chosen">
          <p>Choose two runs or more in the table of an experiment, then press Compare.</p>
        </Empty>
      ) : (
        <Answer query={query} loading="Loading the runs …">
          {(found) => <CompareBody found={found} />}
        </Answer>
      )}
    </Page>
  );
}

/** The experiment of some runs, where they have the same. */
function onlyExperiment(runs: readonly Run[] = []): string | undefined {
  const [first, ...others] = new Set(runs.map(({ info }) => info.experiment_id));
  return others.length === 0 ? first : undefined;
}

function CompareBody({ found }: { readonly found: FoundRuns }) {
  const { runs: all, missing } = found;
  const runs = useMemo(() => all.map(chartRun), [all]);
  const { tab = 'params', runs: _, ignored, path, ...view } = route.useSearch();
  const navigate = route.useNavigate();
  const change = useCallback(
    (next: object) =>
      void navigate({
        search: (old) => ({ ...old, ...next }) as typeof old,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const onView: ChangeView = change;
  if (all.length === 0) {
    return (
      <Empty title="None of these runs is there">
        <p>They were deleted for good, or are of a group that you are not in.</p>
      </Empty>
    );
  }
  return (
    <>
      {missing.length > 0 && (
        <p role="status" className="quiet">
          Not found: {missing.join(', ')}. They were deleted for good, or are of a group that you
          are not in.
        </p>
      )}
      <Tabs label="What is compared">
        {TABS.map(([id, text]) => (
          <Link
            key={id}
            from="/$group/compare"
            to="/$group/compare"
            search={(old) => ({ ...old, tab: id })}
            aria-current={tab === id ? 'page' : undefined}
            activeProps={{}}
            resetScroll={false}
          >
            {text}
          </Link>
        ))}
      </Tabs>
      {tab === 'params' && <CompareParams runs={runs} all={all} />}
      {tab === 'metrics' && (
        <CompareMetrics
          runs={runs}
          find={view.find}
          ignored={ignored}
          onIgnored={(next) => change({ ignored: next })}
          onFind={(next) => change({ find: next })}
        />
      )}
      {tab === 'curves' && <MetricBoard runs={runs} view={view} onView={onView} />}
      {tab === 'charts' && (
        <>
          <Scatter runs={runs} view={view} onView={onView} />
          <Parallel runs={runs} view={view} onView={onView} />
        </>
      )}
      {tab === 'artifacts' && (
        <CompareArtifacts runs={all} path={path} onPath={(next) => change({ path: next })} />
      )}
    </>
  );
}
