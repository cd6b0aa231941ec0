import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useMemo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable, type Sort } from '../../ui/data-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty } from '../../ui/page.tsx';
import { Badge, Time } from '../../ui/text.tsx';
import { type Experiment, lastRunQuery, NOTE_TAG, ownTags, tagOf } from './experiment-data.ts';
import {
  DeleteExperiment,
  RemoveExperiment,
  RenameExperiment,
  useRestoreExperiment,
} from './experiment-dialogs.tsx';
import { RunStatusBadge } from './runs/run-cells.tsx';

const code = (): string => `import mlflow
mlflow.set_tracking_uri("${window.location.origin}")
mlflow.set_experiment("my first experiment")
with mlflow.start_run():
    mlflow.log_param("lr", 0.01)
    mlflow.log_metric("loss", 0.42)`;

interface ListProps {
  readonly group: number;
  readonly experiments: readonly Experiment[];
  /** Whether something is searched for: then nothing found is no beginning. */
  readonly searched: boolean;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onEnd: () => void;
  readonly footer: ReactNode;
  readonly onCreate: () => void;
}

type Asked = { readonly what: 'rename' | 'delete' | 'remove'; readonly experiment: Experiment };

export function ExperimentList({ group, experiments, searched, onCreate, ...table }: ListProps) {
  const [asked, setAsked] = useState<Asked>();
  const columns = useMemo(() => columnsOf(group, setAsked), [group]);
  if (experiments.length === 0 && searched) {
    return (
      <Empty title="No experiment fits">Search for something else, or clear the search.</Empty>
    );
  }
  if (experiments.length === 0) {
    return (
      <Empty
        title="No experiments yet"
        code={code()}
        action={
          <Button kind="primary" onClick={onCreate}>
            New experiment
          </Button>
        }
      >
        <p>An experiment holds the runs of one question. Clients make theirs by themselves:</p>
      </Empty>
    );
  }
  const dialog = (what: Asked['what']) => ({
    group,
    experiment: asked?.what === what ? asked.experiment : undefined,
    onClose: () => setAsked(undefined),
  });
  return (
    <>
      <DataTable
        label="Experiments"
        columns={columns}
        rows={experiments}
        rowId={({ experiment_id: id }) => id}
        height="calc(100dvh - 13rem)"
        {...table}
      />
      <RenameExperiment {...dialog('rename')} />
      <DeleteExperiment {...dialog('delete')} />
      <RemoveExperiment {...dialog('remove')} />
    </>
  );
}

const columnsOf = (group: number, onAsk: (asked: Asked) => void): readonly Column<Experiment>[] => [
  {
    id: 'name',
    title: 'Name',
    width: 250,
    sortable: true,
    cell: (experiment) => <NameOf group={group} experiment={experiment} />,
  },
  {
    id: 'last-run',
    title: 'Last run',
    width: 190,
    cell: ({ experiment_id: id }) => <LastRun group={group} id={id} />,
  },
  {
    id: 'description',
    title: 'Description',
    width: 200,
    cell: (experiment) => {
      const note = tagOf(experiment, NOTE_TAG) ?? '';
      return <bdi title={note}>{note}</bdi>;
    },
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 170,
    cell: (experiment) => <TagsOf experiment={experiment} />,
  },
  {
    id: 'updated',
    title: 'Changed',
    width: 105,
    sortable: true,
    cell: ({ last_update_time: at }) => <Time at={at} />,
  },
  {
    id: 'created',
    title: 'Created',
    width: 105,
    sortable: true,
    cell: ({ creation_time: at }) => <Time at={at} />,
  },
  {
    id: 'actions',
    title: 'Actions',
    width: 90,
    cell: (experiment) => <Actions group={group} experiment={experiment} onAsk={onAsk} />,
  },
];

interface CellProps {
  readonly group: number;
  readonly experiment: Experiment;
}

const NameOf = ({ group, experiment }: CellProps) => (
  <>
    <Link
      to="/$group/experiments/$experiment"
      params={{ group, experiment: experiment.experiment_id }}
      search={experiment.lifecycle_stage === 'deleted' ? { view: 'all' } : {}}
      title={experiment.name}
    >
      <bdi>{experiment.name}</bdi>
    </Link>{' '}
    {experiment.lifecycle_stage === 'deleted' && <Badge tone="warn">Deleted</Badge>}
  </>
);

/** Asked for when the row comes into view. */
function LastRun({ group, id }: { readonly group: number; readonly id: string }) {
  const { data } = useQuery(lastRunQuery(group, id));
  if (data === undefined) return null;
  if (data === null) return <span className="quiet">no runs</span>;
  return (
    <>
      <RunStatusBadge status={data.status} />{' '}
      <Link to="/$group/runs/$run" params={{ group, run: data.run_id }} title={data.run_name}>
        <Time at={data.start_time} />
      </Link>
    </>
  );
}

function TagsOf({ experiment }: { readonly experiment: Experiment }) {
  const tags = ownTags(experiment).map(({ key, value }) => `${key}: ${value}`);
  return (
    <span title={tags.join('\n')}>
      {tags.map((tag) => (
        <span key={tag}>
          <Badge>
            <bdi>{tag}</bdi>
          </Badge>{' '}
        </span>
      ))}
    </span>
  );
}

function Actions({ group, experiment, onAsk }: CellProps & { onAsk: (asked: Asked) => void }) {
  const restore = useRestoreExperiment(group);
  const id = experiment.experiment_id;
  if (experiment.lifecycle_stage === 'deleted') {
    return (
      <Menu label="More" kind="quiet">
        <Button busy={restore.isPending} onClick={() => restore.mutate(id)}>
          Restore
        </Button>
        <Button onClick={() => onAsk({ what: 'remove', experiment })}>Remove for good …</Button>
      </Menu>
    );
  }
  return (
    <Menu label="More" kind="quiet">
      <Link
        to="/$group/experiments/$experiment"
        params={{ group, experiment: id }}
        search={{ tab: 'about' }}
      >
        Description and tags
      </Link>
      <Button onClick={() => onAsk({ what: 'rename', experiment })}>Rename …</Button>
      <Button onClick={() => onAsk({ what: 'delete', experiment })}>Delete …</Button>
    </Menu>
  );
}
