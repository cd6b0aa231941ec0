import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { percent } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { Name, Progress, Time } from '../../ui/text.tsx';
import { Duration, StateBadge } from '../jobs/job-columns.tsx';
import type { Job } from '../jobs/job-types.ts';
import { visible } from '../jobs/safe-text.ts';
import { idOf, jobOf, nameOf } from '../runs/run-data.ts';
import { RunLink } from '../runs/run-link.tsx';
import { ExperimentOfRun, type RunsProps } from './experiment-of-run.tsx';
import { jobsInState, runningRuns } from './home-queries.ts';

/** Jobs that run, and runs that somebody tracks from elsewhere. */
export function RunningCard({ ids, names }: RunsProps) {
  const group = useGroup();
  const jobs = useQuery(jobsInState(group, 'started'));
  const tracked = useQuery(runningRuns(group, ids));
  const runs = (tracked.data ?? []).filter((run) => jobOf(run) === undefined);
  const rows = jobs.data?.data ?? [];
  return (
    <Card title="Running now">
      {jobs.isError && <ErrorNote error={jobs.error} />}
      {tracked.isError && <ErrorNote error={tracked.error} />}
      {jobs.isPending && <Loading />}
      {jobs.data !== undefined && rows.length + runs.length === 0 && (
        <p className="quiet">Nothing runs.</p>
      )}
      <ul className="home-list">
        {rows.map((job) => (
          <RunningJob key={job.id} job={job} />
        ))}
        {runs.map((run) => (
          <li key={run.info.run_id}>
            <span className="home-what">
              <RunLink run={{ id: idOf(run), name: nameOf(run) }} />
              <span className="quiet">
                {' '}
                tracked
                {run.info.user_id !== '' && (
                  <>
                    {' '}
                    by <Name>{run.info.user_id}</Name>
                  </>
                )}{' '}
                in <ExperimentOfRun run={run} names={names} />
              </span>
            </span>
            <span className="quiet">
              since <Time at={run.info.start_time} />
            </span>
          </li>
        ))}
      </ul>
      {jobs.data !== undefined && jobs.data.totalNumResults > rows.length && (
        <Link to="/$group/jobs" params={{ group }} search={{ state: 'running' }}>
          All {jobs.data.totalNumResults} running jobs
        </Link>
      )}
    </Card>
  );
}

function RunningJob({ job }: { readonly job: Job }) {
  const group = useGroup();
  const { progress } = job;
  return (
    <li>
      <span className="home-what">
        <StateBadge job={job} />{' '}
        <Link to="/$group/jobs/$job" params={{ group, job: String(job.id) }}>
          Job {job.id}
        </Link>{' '}
        <Name>{job.description === '' ? job.entrypoint.name : job.description}</Name>
      </span>
      <span className="home-progress">
        {progress !== null && (
          <>
            <Progress value={progress.fraction} label={`Progress of job ${job.id}`} />
            <span>{percent(Math.floor(progress.fraction * 100) / 100)}</span>
            <span className="quiet home-cut">
              <Name>{visible(progress.message)}</Name>
            </span>
          </>
        )}
      </span>
      <span className="quiet">
        <Duration job={job} />
      </span>
    </li>
  );
}
