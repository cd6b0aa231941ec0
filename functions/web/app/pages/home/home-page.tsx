import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Page } from '../../ui/page.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { AbTestsCard } from './ab-tests-card.tsx';
import { FailedCard } from './failed-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { homeExperiments, latestRuns } from './home-queries.ts';
import { LatestCard } from './latest-card.tsx';
import { MonthCard } from './month-card.tsx';
import { type Overview, overviewQuery } from './overview-query.ts';
import { PoolsCard } from './pools-card.tsx';
import { RunningCard } from './running-card.tsx';
import { StorageCard } from './storage-card.tsx';
import { Tiles } from './tiles.tsx';
import './home-page.css';

/** What one wants to know first: what runs, what failed, what came out, what waits, what it costs. */
export function HomePage() {
  const group = useGroup();
  const query = useQuery(overviewQuery(group));
  return (
    <Page title="Home" freshness={<FreshnessOf query={query} />}>
      <Answer query={query}>{(overview) => <HomeBody overview={overview} />}</Answer>
    </Page>
  );
}

function HomeBody({ overview }: { readonly overview: Overview }) {
  const group = useGroup();
  const experiments = useQuery(homeExperiments(group)).data;
  const { jobs, use } = overview;
  const hasJobs = jobs.running + jobs.queued + jobs.deferred + jobs.failedSince + use.jobs > 0;
  // MLflow's own experiment is there before anybody made one.
  const hasOwn = experiments?.some(({ experiment_id: id }) => id !== '0') !== false;
  const ids = experiments?.flatMap(({ experiment_id: id }) => id ?? []) ?? [];
  const runs = useQuery(latestRuns(group, ids)).data;
  const isNew = !hasJobs && !hasOwn && runs?.length === 0;
  const names = new Map(experiments?.map(({ experiment_id: id = '', name = '' }) => [id, name]));
  return (
    <>
      <Tiles overview={overview} />
      {isNew && <FirstSteps />}
      <div className="home-columns">
        <div className="stack">
          <RunningCard ids={ids} names={names} />
          <FailedCard ids={ids} names={names} since={jobs.since} />
          <LatestCard ids={ids} names={names} />
        </div>
        <div className="stack">
          <AbTestsCard />
          <PoolsCard overview={overview} />
          <MonthCard overview={overview} />
          <StorageCard overview={overview} />
        </div>
      </div>
    </>
  );
}
