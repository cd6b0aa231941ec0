import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { useCallback, useEffect } from 'react';
import { isNotFound } from '../../data/api-error.ts';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Freshness, Name } from '../../ui/text.tsx';
import { JobButtons } from './job-buttons.tsx';
import { JobInputs } from './job-inputs.tsx';
import { jobQuery } from './job-queries.ts';
import { JobResults } from './job-results.tsx';
import { JOB_TABS, type JobSearch } from './job-search.ts';
import { isUnsettled } from './job-state.ts';
import { JobStatusCard } from './job-status-card.tsx';
import { JobStepsCard } from './job-steps-card.tsx';
import type { Job } from './job-types.ts';
import { LogView } from './log-view.tsx';
import { jobRouteApi } from './route-apis.ts';
import { useJobLog } from './use-job-log.ts';
import './job-page.css';

/** One job: where it stands and why, its log as it grows, what it made and what it was given. */
export function JobPage() {
  const { job } = jobRouteApi.useParams();
  const search = jobRouteApi.useSearch();
  const id = Number(job);
  const query = useQuery({ ...jobQuery(id), enabled: Number.isSafeInteger(id) && id > 0 });
  const group = useGroup();
  if (!Number.isSafeInteger(id) || id < 1) return <Page title="Job">There is no such job.</Page>;
  return (
    <Page
      title={`Job ${id}`}
      above={
        <>
          <Link to="/$group/jobs" params={{ group }}>
            Jobs
          </Link>
          {query.data !== undefined && <ExperimentLink job={query.data} />}
        </>
      }
      actions={query.data !== undefined && <JobButtons job={query.data} />}
      freshness={
        <Freshness
          at={query.dataUpdatedAt}
          busy={query.isFetching}
          error={isNotFound(query.error) ? null : query.error}
          onRefresh={() => void query.refetch()}
        />
      }
    >
      <Answer query={query}>
        {(data) =>
          data.group.id === group ? (
            <JobBody job={data} />
          ) : (
            <Navigate
              to="/$group/jobs/$job"
              params={{ group: data.group.id, job }}
              search={search}
              replace
            />
          )
        }
      </Answer>
    </Page>
  );
}

function ExperimentLink({ job: { experiment } }: { readonly job: Job }) {
  const group = useGroup();
  return (
    <>
      {' › '}
      <Link
        to="/$group/experiments/$experiment"
        params={{ group, experiment: String(experiment.id) }}
      >
        <Name>{experiment.name}</Name>
      </Link>
    </>
  );
}

function JobBody({ job }: { readonly job: Job }) {
  const search = jobRouteApi.useSearch();
  const navigate = jobRouteApi.useNavigate();
  const log = useJobLog(job.id, !isUnsettled(job.status));
  const queries = useQueryClient();
  useEffect(() => {
    // The log knows of the end first.
    if (log.isEnded) void queries.invalidateQueries({ queryKey: ['job', job.id], exact: true });
  }, [log.isEnded, job.id, queries]);
  const change = useCallback(
    (changed: Partial<JobSearch>) =>
      void navigate({ search: (before) => ({ ...before, ...changed }), replace: true }),
    [navigate],
  );
  const { tab = 'log' } = search;
  return (
    <>
      {job.description !== '' && (
        <p className="job-description">
          <Name>{job.description}</Name>
        </p>
      )}
      <div className="job-top">
        <JobStatusCard job={job} />
        <JobStepsCard job={job} told={log.steps} />
      </div>
      <JobTabs job={job} />
      {tab === 'log' && (
        <LogView
          jobId={job.id}
          log={log}
          least={search.least}
          find={search.find ?? ''}
          onChange={change}
        />
      )}
      {tab === 'results' && <JobResults job={job} />}
      {tab === 'inputs' && <JobInputs job={job} />}
    </>
  );
}

function JobTabs({ job }: { readonly job: Job }) {
  const group = useGroup();
  const artifacts = job.artifacts.length;
  const titles = {
    log: 'Log',
    results: artifacts === 0 ? 'Results and use' : `Results and use (${artifacts})`,
    inputs: 'Parameters and versions',
  };
  return (
    <Tabs label="Of this job">
      {JOB_TABS.map((each) => (
        <Link
          key={each}
          to="/$group/jobs/$job"
          params={{ group, job: String(job.id) }}
          search={(before) => ({ ...before, tab: each === 'log' ? undefined : each })}
          activeOptions={{ exact: true, includeSearch: true }}
          replace
        >
          {titles[each]}
        </Link>
      ))}
    </Tabs>
  );
}
