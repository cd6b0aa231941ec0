import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { bytes, dollars, duration, number } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Facts, Name, Time } from '../../ui/text.tsx';
import { artifactQuery, jobMetricsQuery, jobRunQuery } from './job-queries.ts';
import { isUnsettled } from './job-state.ts';
import type { Job } from './job-types.ts';

/** What came of a job: artifacts, metrics, and what it used. */
export function JobResults({ job }: { readonly job: Job }) {
  return (
    <div className="stack">
      <Artifacts job={job} />
      <div className="grid">
        <Metrics job={job} />
        <Use job={job} />
      </div>
    </div>
  );
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly isDir: boolean;
  readonly size: number | null;
  readonly description: string;
  readonly task: string;
  readonly createdOn: string | undefined;
}

/** A task that is not known is `{}`. */
const taskName = (task: object | undefined): string =>
  task !== undefined && 'name' in task && typeof task.name === 'string' ? task.name : '';

/** The last part of a URI: what people call it. */
const nameOf = (uri: string): string => uri.split('/').at(-1) ?? uri;

function Artifacts({ job }: { readonly job: Job }) {
  const queries = useQueries({ queries: job.artifacts.map(({ id }) => artifactQuery(id)) });
  const rows = job.artifacts.map(({ id }, index): Row => {
    const artifact = queries[index]?.data;
    return {
      id,
      name: artifact === undefined ? `Artifact ${id}` : nameOf(artifact.artifactUri),
      isDir: artifact?.isDir ?? false,
      size: artifact?.fileSize ?? null,
      description: artifact?.description ?? '',
      task: taskName(artifact?.task),
      createdOn: artifact?.createdOn,
    };
  });
  if (rows.length === 0) {
    return (
      <Card title="Artifacts">
        <p className="quiet">
          {isUnsettled(job.status)
            ? 'None yet: a job hands its artifacts over when it finishes.'
            : 'It made none.'}
        </p>
      </Card>
    );
  }
  return (
    <Card title="Artifacts">
      <DataTable label="Artifacts" columns={ARTIFACT_COLUMNS} rows={rows} rowId={rowId} />
    </Card>
  );
}

const rowId = ({ id }: Row): string => String(id);

const ARTIFACT_COLUMNS = [
  {
    id: 'name',
    title: 'Name',
    width: 220,
    cell: ({ id, name, isDir }: Row) => (
      <a href={`/api/v1/artifacts/${id}/contents`} download>
        <Name>{name}</Name>
        {isDir && ' (folder, as an archive)'}
      </a>
    ),
  },
  {
    id: 'size',
    title: 'Size',
    width: 90,
    numeric: true,
    cell: ({ size }: Row) => (size === null ? '–' : bytes(size)),
  },
  {
    id: 'task',
    title: 'Written by',
    cell: ({ task }: Row) => (task === '' ? '–' : <Name>{task}</Name>),
  },
  {
    id: 'description',
    title: 'Description',
    width: 260,
    cell: ({ description }: Row) => <Name>{description}</Name>,
  },
  {
    id: 'createdOn',
    title: 'Made',
    width: 120,
    cell: ({ createdOn }: Row) => <Time at={createdOn} />,
  },
];

function Metrics({ job }: { readonly job: Job }) {
  const group = useGroup();
  const query = useQuery(jobMetricsQuery(job));
  const run = useQuery(jobRunQuery(job)).data;
  return (
    <Card
      title="Metrics"
      actions={
        typeof run === 'string' && (
          <Link to="/$group/runs/$run" params={{ group, run }}>
            Charts and history in its run
          </Link>
        )
      }
    >
      <Answer query={query}>
        {(metrics) =>
          metrics.length === 0 ? (
            <p className="quiet">It has logged none.</p>
          ) : (
            <Facts
              facts={metrics.map(({ name, value }) => [
                name,
                typeof value === 'number' ? number(value) : value,
              ])}
            />
          )
        }
      </Answer>
    </Card>
  );
}

function Use({ job }: { readonly job: Job }) {
  const { resources } = job;
  if (resources === null) {
    return (
      <Card title="Use and cost">
        <p className="quiet">
          {isUnsettled(job.status)
            ? 'Known when an attempt has ended.'
            : 'Not known: no worker of this deployment has held it.'}
        </p>
      </Card>
    );
  }
  const { seconds, cpuSeconds, peakMemoryBytes, estimatedCostUsd } = resources;
  return (
    <Card title="Use and cost">
      <Facts
        facts={[
          ['Time of workers, all attempts', duration(seconds)],
          ['CPU time', cpuSeconds === null ? 'not measured' : duration(cpuSeconds)],
          ['Most memory', peakMemoryBytes === null ? 'not measured' : bytes(peakMemoryBytes)],
          [
            'Estimated cost',
            estimatedCostUsd === null ? 'no price' : `${dollars(estimatedCostUsd)} (compute alone)`,
          ],
        ]}
      />
      {estimatedCostUsd === null && (
        <p className="quiet">
          The pool that ran it has no price per hour: it is on this machine, or its machines are
          your own.
        </p>
      )}
    </Card>
  );
}
