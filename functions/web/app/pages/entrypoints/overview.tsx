import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { StepGraph } from '../../ui/step-graph.tsx';
import { TagList } from '../../ui/tags.tsx';
import { Badge, Facts, Name, Time } from '../../ui/text.tsx';
import type { Entrypoint } from './calls.ts';
import './entrypoints.css';

/** What an entrypoint runs, with what, and where. */
export function Overview({ entrypoint }: { readonly entrypoint: Entrypoint }) {
  const { description, user, createdOn, lastModifiedOn, snapshot, tags } = entrypoint;
  return (
    <>
      {description !== '' && (
        <p>
          <Name>{description}</Name>
        </p>
      )}
      <Facts
        facts={[
          ['Owner', <Name key="owner">{user.username}</Name>],
          ['Made', <Time key="made" at={createdOn} />],
          ['Changed', <Time key="changed" at={lastModifiedOn} />],
          ['Newest snapshot', snapshot],
          ['Tags', tags.length === 0 ? 'none' : <TagList key="tags" tags={tags} />],
        ]}
      />
      <div className="grid">
        <Card title="Task graph">
          <StepGraph yaml={entrypoint.taskGraph} />
        </Card>
        <div className="stack">
          <Parameters entrypoint={entrypoint} />
          <Bound title="Plugins" plugins={entrypoint.plugins} />
          <Queues entrypoint={entrypoint} />
          <Experiments id={entrypoint.id} />
        </div>
      </div>
      {entrypoint.artifactGraph.trim() !== '' && (
        <div className="grid">
          <Card title="Artifacts that a job keeps">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
            <pre className="entry-text" tabIndex={0}>
              {entrypoint.artifactGraph}
            </pre>
          </Card>
          <Bound title="Artifact plugins" plugins={entrypoint.artifactPlugins} />
        </div>
      )}
      <ArtifactParameters entrypoint={entrypoint} />
    </>
  );
}

function Parameters({ entrypoint: { parameters } }: { readonly entrypoint: Entrypoint }) {
  return (
    <Card title="Parameters">
      <DataTable
        label="List of parameters"
        rows={parameters}
        rowId={({ name }) => name}
        columns={[
          { id: 'name', title: 'Name', cell: ({ name }) => <Name>{name}</Name> },
          { id: 'type', title: 'Type', width: 90, cell: ({ parameterType }) => parameterType },
          {
            id: 'default',
            title: 'Default',
            cell: ({ defaultValue }) =>
              defaultValue === null ? (
                <span className="quiet">must be given</span>
              ) : (
                <code title={defaultValue}>
                  <bdi>{defaultValue}</bdi>
                </code>
              ),
          },
        ]}
      />
    </Card>
  );
}

function ArtifactParameters({ entrypoint }: { readonly entrypoint: Entrypoint }) {
  const rows = entrypoint.artifactParameters;
  if (rows.length === 0) return null;
  return (
    <Card title="Artifacts that a job is given">
      <DataTable
        label="Artifact parameters"
        rows={rows}
        rowId={({ name }) => name}
        columns={[
          { id: 'name', title: 'Name', cell: ({ name }) => <Name>{name}</Name> },
          {
            id: 'outputs',
            title: 'Outputs',
            width: 320,
            cell: ({ outputParams }) => (
              <Name>
                {outputParams
                  .map(({ name, parameterType }) => `${name}: ${parameterType.name}`)
                  .join(', ')}
              </Name>
            ),
          },
        ]}
      />
    </Card>
  );
}

interface BoundProps {
  readonly title: string;
  readonly plugins: Entrypoint['plugins'];
}

function Bound({ title, plugins }: BoundProps) {
  const group = useGroup();
  return (
    <Card title={title}>
      {plugins.length === 0 && <p className="quiet">None.</p>}
      {plugins.map(({ id, name, snapshotId, latestSnapshot }) => (
        <div key={id} className="row">
          <Link to="/$group/plugins/$plugin" params={{ group, plugin: String(id) }}>
            <Name>{name}</Name>
          </Link>
          <span className="quiet">snapshot {snapshotId}</span>
          {!latestSnapshot && (
            <Badge tone="warn">a newer version exists: bind it on the edit page</Badge>
          )}
        </div>
      ))}
    </Card>
  );
}

function Queues({ entrypoint: { queues } }: { readonly entrypoint: Entrypoint }) {
  const group = useGroup();
  return (
    <Card title="Queues">
      {queues.length === 0 ? (
        <p className="quiet">None: a job needs one. Choose them on the edit page.</p>
      ) : (
        <p>
          {queues.map(({ id, name }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link to="/$group/queues" params={{ group }}>
                <Name>{name}</Name>
              </Link>
            </span>
          ))}
        </p>
      )}
    </Card>
  );
}

/** The experiments whose jobs may use it: an experiment names its entrypoints, not the other way round. */
function Experiments({ id }: { readonly id: number }) {
  const group = useGroup();
  const query = useQuery({
    queryKey: ['experiments', group, 'withEntrypoints'],
    queryFn: () =>
      answerOf(
        dioptra.GET('/experiments', {
          params: { query: { groupId: group, pageLength: 1000, sortBy: 'name' } },
        }),
      ),
  });
  return (
    <Card title="Experiments">
      <Answer query={query}>
        {({ data }) => {
          const mine = data.filter(({ entrypoints }) => entrypoints.some((each) => each.id === id));
          if (mine.length === 0) {
            return <p className="quiet">No experiment uses it yet: jobs need one that does.</p>;
          }
          return (
            <p>
              {mine.map((experiment, index) => (
                <span key={experiment.id}>
                  {index > 0 && ', '}
                  <Link
                    to="/$group/experiments/$experiment"
                    params={{ group, experiment: String(experiment.id) }}
                  >
                    <Name>{experiment.name}</Name>
                  </Link>
                </span>
              ))}
            </p>
          );
        }}
      </Answer>
    </Card>
  );
}
