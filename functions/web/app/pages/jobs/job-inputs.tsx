import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { duration, fullTime } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { Copyable, Facts, Name } from '../../ui/text.tsx';
import { againCommand } from './again-command.ts';
import { entrypointVersionQuery } from './job-queries.ts';
import { isProject } from './job-state.ts';
import { EntrypointLink } from './job-status-card.tsx';
import type { Job } from './job-types.ts';

/** What a job was given, and the versions of all that it binds. */
export function JobInputs({ job }: { readonly job: Job }) {
  return (
    <div className="grid">
      <Parameters job={job} />
      <Artifacts job={job} />
      <Rules job={job} />
      <Versions job={job} />
    </div>
  );
}

function Parameters({ job }: { readonly job: Job }) {
  const { id, snapshotId } = job.entrypoint;
  const entrypoint = useQuery(entrypointVersionQuery(id, snapshotId)).data;
  const types = new Map(
    entrypoint?.parameters.map(({ name, parameterType }) => [name, parameterType]),
  );
  const values = Object.entries(job.values);
  return (
    <Card title="Parameters">
      {values.length === 0 ? (
        <p className="quiet">It has none.</p>
      ) : (
        <dl className="job-values">
          {values.map(([name, value]) => (
            <div key={name}>
              <dt>
                <Name>{name}</Name> <span className="quiet">{types.get(name)}</span>
              </dt>
              <dd>{value.length > 200 ? <Copyable text={value} /> : <code>{value}</code>}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

function Artifacts({ job }: { readonly job: Job }) {
  const values = Object.entries(job.artifactValues);
  if (values.length === 0 && job.swaps.length === 0) return null;
  return (
    <Card title="Artifacts and swaps">
      <Facts
        facts={[
          ...values.map(([name, { id, snapshotId }]): [string, React.ReactNode] => [
            name,
            <a
              key={name}
              href={`/api/v1/artifacts/${id}/snapshots/${snapshotId}/contents`}
              download
            >
              Artifact {id}, snapshot {snapshotId}
            </a>,
          ]),
          ...job.swaps.map(({ swapName, taskAlias, taskName }): [string, React.ReactNode] => [
            `Swap ${swapName}`,
            <span key={swapName}>
              <Name>{taskAlias}</Name> (<Name>{taskName}</Name>)
            </span>,
          ]),
        ]}
      />
    </Card>
  );
}

function Rules({ job }: { readonly job: Job }) {
  const { retry, timeout, queueTimeout } = job;
  return (
    <Card title="Rules">
      <Facts
        facts={[
          ['An attempt may run for', timeout],
          ['It may wait for', queueTimeout ?? 'as long as it takes'],
          [
            'Attempts',
            retry === null ? 'up to 3, where workers are lost' : `up to ${retry.attempts}`,
          ],
          ...(retry === null || retry.exitCodes.length === 0
            ? []
            : [
                [
                  'Tried again after exit codes',
                  `${retry.exitCodes.join(', ')}; first after ${duration(retry.backoffSeconds)}`,
                ] as const,
              ]),
        ]}
      />
    </Card>
  );
}

function Versions({ job }: { readonly job: Job }) {
  const group = useGroup();
  const { experiment, queue } = job;
  return (
    <Card title="Versions">
      <Facts
        facts={[
          ['Job', `snapshot ${job.snapshot}, of ${fullTime(job.snapshotCreatedOn)}`],
          [
            'Experiment',
            <span key="experiment">
              <Link
                to="/$group/experiments/$experiment"
                params={{ group, experiment: String(experiment.id) }}
              >
                <Name>{experiment.name}</Name>
              </Link>{' '}
              <span className="quiet">snapshot {experiment.snapshotId}</span>
            </span>,
          ],
          ['Entrypoint', <EntrypointLink key="entrypoint" job={job} />],
          [
            'Queue',
            <span key="queue">
              <Name>{queue.name}</Name> <span className="quiet">snapshot {queue.snapshotId}</span>
            </span>,
          ],
        ]}
      />
      {isProject(job) && (
        <>
          <a className={buttonClass()} href={`/api/v1/jobs/${job.id}/workflow`} download>
            Download its archive
          </a>
          <p>To run it again, send the archive with other parameters:</p>
          <Copyable text={againCommand(job, window.location.origin)} />
        </>
      )}
    </Card>
  );
}
