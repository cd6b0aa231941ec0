import { Link } from '@tanstack/react-router';
import { percent } from '../../data/format.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Badge, Name, Progress, Time, useNow } from '../../ui/text.tsx';
import { durationOf, isProject, reasonSentence, stateTone, stateWord } from './job-state.ts';
import type { Job } from './job-types.ts';

/** Its state as a word with a colour; why it is so when pointed at. */
export function StateBadge({ job }: { readonly job: Pick<Job, 'status' | 'reason' | 'message'> }) {
  const { reason, message } = job;
  const why = reason === null ? undefined : `${reasonSentence(reason)} ${message ?? ''}`.trim();
  return (
    <span title={why}>
      <Badge tone={stateTone(job)}>{stateWord(job)}</Badge>
    </span>
  );
}

/** How long it has run; of what runs it goes on by itself. */
export function Duration({ job }: { readonly job: Job }) {
  const now = useNow(job.status === 'started' ? 1000 : 3_600_000);
  return <>{durationOf(job, now)}</>;
}

function JobProgress({ job }: { readonly job: Job }) {
  if (job.progress === null || job.status !== 'started') return null;
  const { fraction, message } = job.progress;
  return (
    <span className="jobs-progress" title={message}>
      <Progress value={fraction} label={`Progress of job ${job.id}`} />
      <span>{percent(Math.floor(fraction * 100) / 100)}</span>
    </span>
  );
}

/** Columns of a list of jobs of a group. */
export const jobColumns = (group: number): readonly Column<Job>[] => [
  {
    id: 'id',
    title: 'Job',
    width: 60,
    sortable: true,
    cell: (job) => (
      <Link to="/$group/jobs/$job" params={{ group, job: String(job.id) }}>
        {job.id}
      </Link>
    ),
  },
  { id: 'status', title: 'State', width: 125, cell: (job) => <StateBadge job={job} /> },
  {
    id: 'description',
    title: 'Description',
    width: 200,
    sortable: true,
    cell: (job) =>
      job.description === '' ? <span className="quiet">–</span> : <Name>{job.description}</Name>,
  },
  { id: 'progress', title: 'Progress', width: 110, cell: (job) => <JobProgress job={job} /> },
  {
    id: 'duration',
    title: 'Ran for',
    width: 105,
    numeric: true,
    cell: (job) => <Duration job={job} />,
  },
  {
    id: 'createdOn',
    title: 'Submitted',
    width: 105,
    sortable: true,
    cell: ({ createdOn }) => <Time at={createdOn} />,
  },
  {
    id: 'experiment',
    title: 'Experiment',
    width: 140,
    sortable: true,
    cell: ({ experiment }) => (
      <Link
        to="/$group/experiments/$experiment"
        params={{ group, experiment: String(experiment.id) }}
      >
        <Name>{experiment.name}</Name>
      </Link>
    ),
  },
  {
    id: 'entrypoint',
    title: 'Entrypoint',
    width: 140,
    sortable: true,
    cell: (job) =>
      isProject(job) ? (
        <span title="An entry point of an MLproject">
          <Name>{job.entrypoint.name}</Name>
        </span>
      ) : (
        <Link
          to="/$group/entrypoints/$entrypoint"
          params={{ group, entrypoint: String(job.entrypoint.id) }}
        >
          <Name>{job.entrypoint.name}</Name>
        </Link>
      ),
  },
  {
    id: 'queue',
    title: 'Queue',
    width: 85,
    sortable: true,
    cell: ({ queue }) => <Name>{queue.name}</Name>,
  },
  {
    id: 'attempt',
    title: 'Attempts',
    width: 80,
    numeric: true,
    cell: ({ attempt }) => (attempt === 0 ? '–' : attempt),
  },
  {
    id: 'user',
    title: 'By',
    width: 85,
    cell: ({ user }) => <Name>{user.username}</Name>,
  },
];
