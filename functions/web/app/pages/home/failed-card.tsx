import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { Badge, Name, Time } from '../../ui/text.tsx';
import { StateBadge } from '../jobs/job-columns.tsx';
import { reasonSentence } from '../jobs/job-state.ts';
import type { Job } from '../jobs/job-types.ts';
import { visible } from '../jobs/safe-text.ts';
import { idOf, jobOf, nameOf } from '../runs/run-data.ts';
import { RunLink } from '../runs/run-link.tsx';
import { ExperimentOfRun, type RunsProps } from './experiment-of-run.tsx';
import { failedRuns, jobsInState } from './home-queries.ts';

const MINUTE_MS = 60_000;

/** What failed in the last day, and why. */
export function FailedCard({ ids, names, since }: RunsProps & { readonly since: string }) {
  const group = useGroup();
  // In whole hours, so that the question stays the same from look to look.
  const from = Math.floor(new Date(since).getTime() / (60 * MINUTE_MS)) * 60 * MINUTE_MS;
  const jobs = useQuery(jobsInState(group, 'failed'));
  const runs = useQuery(failedRuns(group, ids, from));
  const failed = (jobs.data?.data ?? []).filter(
    ({ lastModifiedOn }) => new Date(lastModifiedOn).getTime() >= from,
  );
  const others = (runs.data ?? []).filter((run) => jobOf(run) === undefined);
  return (
    <Card title="Failed since yesterday">
      {jobs.isError && <ErrorNote error={jobs.error} />}
      {runs.isError && <ErrorNote error={runs.error} />}
      {jobs.isPending && <Loading />}
      {jobs.data !== undefined && failed.length + others.length === 0 && (
        <p className="quiet">Nothing failed.</p>
      )}
      <ul className="home-list">
        {failed.map((job) => (
          <FailedJob key={job.id} job={job} />
        ))}
        {others.map((run) => (
          <li key={run.info.run_id}>
            <span className="home-what">
              <Badge tone="bad">Failed</Badge>{' '}
              <RunLink run={{ id: idOf(run), name: nameOf(run) }} />
              <span className="quiet">
                {' '}
                in <ExperimentOfRun run={run} names={names} />; its own code said so
              </span>
            </span>
            <span className="quiet">
              <Time at={run.info.end_time} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function FailedJob({ job }: { readonly job: Job }) {
  const group = useGroup();
  return (
    <li>
      <span className="home-what">
        <StateBadge job={job} />{' '}
        <Link to="/$group/jobs/$job" params={{ group, job: String(job.id) }}>
          Job {job.id}
        </Link>{' '}
        <Name>{job.description === '' ? job.entrypoint.name : job.description}</Name>
        <span className="quiet home-why">
          {reasonSentence(job.reason ?? 'failed')}{' '}
          {job.message !== null && <Name>{visible(job.message).slice(0, 300)}</Name>}
        </span>
      </span>
      <span className="quiet">
        <Time at={job.lastModifiedOn} />
      </span>
    </li>
  );
}
