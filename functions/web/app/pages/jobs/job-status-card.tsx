import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ago, count, duration, fullTime, percent } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Card, ErrorNote } from '../../ui/page.tsx';
import { Badge, Facts, Name, Progress, Time, useNow } from '../../ui/text.tsx';
import { runQuery, tagOf } from '../runs/run-data.ts';
import { Duration } from './job-columns.tsx';
import { jobRunQuery, snapshotsQuery } from './job-queries.ts';
import { isProject, isUnsettled, standing, stateTone, stateWord } from './job-state.ts';
import { entryTitle, newestOf, type TimelineEntry, timelineOf } from './job-timeline.ts';
import type { Job } from './job-types.ts';
import { visible } from './safe-text.ts';

/** Where the job stands and why, how it came there, and what it belongs to. */
export function JobStatusCard({ job }: { readonly job: Job }) {
  const changes = useQuery(snapshotsQuery(job));
  return (
    <div className="stack">
      <Card title="State">
        <Standing job={newestOf(job, changes.data)} />
        <Timeline job={job} />
      </Card>
      <Card title="About">
        <Belongings job={job} />
      </Card>
    </div>
  );
}

function Standing({ job }: { readonly job: Job }) {
  const { progress, message } = job;
  return (
    <>
      <p className="job-standing" aria-live="polite">
        <Badge tone={stateTone(job)}>{stateWord(job)}</Badge> <span>{standing(job)}</span>
      </p>
      {message !== null && (
        <pre className="job-message">
          <bdi>{visible(message)}</bdi>
        </pre>
      )}
      {progress !== null && (
        <div className="job-progress">
          <Progress value={progress.fraction} label="Progress of the job" />
          <span>{percent(Math.floor(progress.fraction * 100) / 100)}</span>
          <Name>{visible(progress.message)}</Name>
          <span className="quiet">
            <Time at={progress.reportedOn} />
          </span>
        </div>
      )}
    </>
  );
}

/** Its states and attempts, with when and for how long. */
function Timeline({ job }: { readonly job: Job }) {
  const query = useQuery(snapshotsQuery(job));
  const now = useNow(isUnsettled(job.status) ? 1000 : 3_600_000);
  if (query.isError && query.data === undefined) return <ErrorNote error={query.error} />;
  const entries = timelineOf(query.data ?? [], now);
  return (
    <ol className="job-timeline" aria-label="States of the job">
      {entries.map((entry, index) => (
        <Entry key={entry.at + entry.status} entry={entry} title={entryTitle(entry, index)} />
      ))}
    </ol>
  );
}

function Entry({ entry, title }: { readonly entry: TimelineEntry; readonly title: string }) {
  const { at, lastedMs, isLast, status, by } = entry;
  const verb = status === 'started' ? 'ran' : 'waited';
  const isOver = status === 'finished' || status === 'failed';
  const seconds = (lastedMs ?? 0) / 1000;
  const lasted = duration(isLast ? Math.floor(seconds) : seconds);
  return (
    <li className={`job-entry ${entry.reason === 'cancelled' ? 'cancelled' : status}`}>
      <strong>{title}</strong>
      {title === 'Submitted' && (
        <>
          {' by '}
          <Name>{by}</Name>
        </>
      )}{' '}
      <time dateTime={new Date(at).toISOString()} title={ago(at)}>
        {fullTime(at)}
      </time>
      {!isOver && (
        <span className="quiet">
          {' · '}
          {isLast ? `for ${lasted} so far` : `${verb} ${lasted}`}
        </span>
      )}
    </li>
  );
}

/** Who runs, or ran, the attempt of a run; that of another server, or of before, does not say so. */
function useWorker(run: string | null | undefined): string | undefined {
  const query = useQuery({
    ...runQuery(run ?? ''),
    enabled: typeof run === 'string',
    refetchInterval: false,
    retry: false,
  });
  return query.data === undefined ? undefined : tagOf(query.data, 'assay.worker');
}

function Belongings({ job }: { readonly job: Job }) {
  const group = useGroup();
  const { experiment, queue, dependsOn } = job;
  const run = useQuery(jobRunQuery(job)).data;
  const worker = useWorker(run);
  const facts: (readonly [string, React.ReactNode])[] = [
    [
      'Experiment',
      <Link
        key="experiment"
        to="/$group/experiments/$experiment"
        params={{ group, experiment: String(experiment.id) }}
      >
        <Name>{experiment.name}</Name>
      </Link>,
    ],
    ['Entrypoint', <EntrypointLink key="entrypoint" job={job} />],
    [
      'Queue',
      <Link key="queue" to="/$group/queues" params={{ group }}>
        <Name>{queue.name}</Name>
      </Link>,
    ],
    [
      'Tracking run',
      typeof run === 'string' ? (
        <Link key="run" to="/$group/runs/$run" params={{ group, run }} title={run}>
          {run.slice(0, 8)}…
        </Link>
      ) : (
        <span key="run" className="quiet">
          none yet
        </span>
      ),
    ],
    ['Ran for', <Duration key="duration" job={job} />],
    ['Attempts', count(job.attempt)],
    ['Most time', job.timeout],
    ['Submitted by', <Name key="user">{job.user.username}</Name>],
  ];
  if (worker !== undefined) facts.push(['Worker', <Name key="worker">{visible(worker)}</Name>]);
  if (dependsOn.length > 0) facts.push(['Depends on', <DependsOn key="jobs" ids={dependsOn} />]);
  return <Facts facts={facts} />;
}

export function EntrypointLink({ job }: { readonly job: Job }) {
  const group = useGroup();
  const { entrypoint } = job;
  if (isProject(job)) {
    return (
      <span>
        <Name>{entrypoint.name}</Name> <span className="quiet">of an MLproject</span>
      </span>
    );
  }
  return (
    <>
      <Link
        to="/$group/entrypoints/$entrypoint"
        params={{ group, entrypoint: String(entrypoint.id) }}
      >
        <Name>{entrypoint.name}</Name>
      </Link>{' '}
      <SnapshotLink entrypoint={entrypoint.id} snapshot={entrypoint.snapshotId} />
    </>
  );
}

/** A snapshot of an entrypoint, by the tab that has all of them. */
function SnapshotLink({ entrypoint, snapshot }: { entrypoint: number; snapshot: number }) {
  const group = useGroup();
  return (
    <Link
      to="/$group/entrypoints/$entrypoint"
      params={{ group, entrypoint: String(entrypoint) }}
      search={{ tab: 'versions', to: snapshot }}
    >
      snapshot {snapshot}
    </Link>
  );
}

function DependsOn({ ids }: { readonly ids: readonly number[] }) {
  const group = useGroup();
  return (
    <span className="row">
      {ids.map((id) => (
        <Link key={id} to="/$group/jobs/$job" params={{ group, job: String(id) }}>
          Job {id}
        </Link>
      ))}
    </span>
  );
}
