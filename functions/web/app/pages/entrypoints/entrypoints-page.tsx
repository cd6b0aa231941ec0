import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, Page } from '../../ui/page.tsx';
import { ResourceList } from '../../ui/resource-list.tsx';
import { TagList, TagsDialog } from '../../ui/tags.tsx';
import { Badge, Name, Time } from '../../ui/text.tsx';
import { ReaderNote, useMayWrite } from '../plugins/may-write.tsx';
import { type Entrypoint, newDraftsQuery, setEntrypointTags } from './calls.ts';
import { DeleteEntrypoint } from './delete-entrypoint.tsx';
import { RunLink } from './run-link.tsx';

type Asked = { readonly what: 'tags' | 'delete'; readonly row: Entrypoint };

/** The entrypoints of a group. */
export function EntrypointsPage() {
  const group = useGroup();
  const search = useSearch({ from: '/signed-in/$group/entrypoints' });
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  const mayWrite = useMayWrite();
  const newLink = (
    <Link to="/$group/entrypoints/new" params={{ group }} className={buttonClass('primary')}>
      New entrypoint
    </Link>
  );
  return (
    <Page title="Entrypoints" actions={mayWrite && newLink}>
      <ReaderNote />
      <p className="quiet">
        An entrypoint is what a job runs: a graph of tasks from plugins, with the parameters that
        are asked for at submission.
      </p>
      <NewDrafts group={group} />
      <ResourceList
        what="entrypoints"
        queryKey={['entrypoints', group]}
        load={(query) =>
          answerOf(dioptra.GET('/entrypoints', { params: { query: { ...query, groupId: group } } }))
        }
        columns={columnsOf(group, setAsked).filter(({ id }) => mayWrite || id !== 'actions')}
        search={search}
        onSearch={(next) =>
          void navigate({
            to: '/$group/entrypoints',
            params: { group },
            search: next,
            replace: true,
          })
        }
        empty={<NoEntrypoints group={group} action={mayWrite && newLink} />}
      />
      <TagsDialog
        name={asked?.what === 'tags' ? asked.row.name : undefined}
        tags={asked?.row.tags ?? []}
        save={(ids) => setEntrypointTags(asked?.row.id ?? 0, ids)}
        onClose={() => setAsked(undefined)}
        changes={[['entrypoints']]}
      />
      <DeleteEntrypoint
        entrypoint={asked?.what === 'delete' ? asked.row : undefined}
        onClose={() => setAsked(undefined)}
      />
    </Page>
  );
}

const columnsOf = (group: number, ask: (asked: Asked) => void): readonly Column<Entrypoint>[] => [
  {
    id: 'name',
    title: 'Name',
    sortable: true,
    width: 230,
    cell: ({ id, name }) => (
      <Link to="/$group/entrypoints/$entrypoint" params={{ group, entrypoint: String(id) }}>
        <Name>{name}</Name>
      </Link>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    sortable: true,
    width: 190,
    cell: ({ description }) => <Name>{description}</Name>,
  },
  { id: 'tags', title: 'Tags', width: 130, cell: ({ tags }) => <TagList tags={tags} /> },
  {
    id: 'parameters',
    title: 'Parameters',
    numeric: true,
    width: 105,
    cell: ({ parameters }) => parameters.length,
  },
  {
    id: 'plugins',
    title: 'Plugins',
    width: 170,
    cell: ({ plugins }) => (
      <>
        <Name>{plugins.map(({ name }) => name).join(', ')}</Name>{' '}
        {plugins.some(({ latestSnapshot }) => !latestSnapshot) && (
          <Badge tone="warn">newer ones exist</Badge>
        )}
      </>
    ),
  },
  {
    id: 'lastModifiedOn',
    title: 'Changed',
    sortable: true,
    width: 140,
    cell: ({ lastModifiedOn, hasDraft }) => (
      <>
        <Time at={lastModifiedOn} /> {hasDraft === true && <Badge>your draft</Badge>}
      </>
    ),
  },
  {
    id: 'actions',
    title: 'Actions',
    width: 140,
    cell: (row) => (
      <span className="row">
        <RunLink group={group} entrypoint={row.id}>
          Run<span className="visually-hidden"> {row.name}</span>
        </RunLink>
        <Menu
          kind="quiet"
          label={
            <>
              More<span className="visually-hidden"> for {row.name}</span>
            </>
          }
        >
          <Button kind="quiet" onClick={() => ask({ what: 'tags', row })}>
            Tags …
          </Button>
          <Button kind="quiet" onClick={() => ask({ what: 'delete', row })}>
            Delete …
          </Button>
        </Menu>
      </span>
    ),
  },
];

/** What was begun and not saved. */
function NewDrafts({ group }: { readonly group: number }) {
  const { data } = useQuery(newDraftsQuery(group));
  if (data === undefined || data.data.length === 0) return null;
  return (
    <p>
      Begun and not saved:{' '}
      {data.data.map(({ id, payload, lastModifiedOn }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <Link to="/$group/entrypoints/new" params={{ group }} search={{ draft: id }}>
            <Name>{String(payload.name ?? 'unnamed')}</Name>
          </Link>{' '}
          (<Time at={lastModifiedOn} />)
        </span>
      ))}
    </p>
  );
}

const clientCode = (group: number) => `from dioptra.client import connect_json_dioptra_client

client = connect_json_dioptra_client("${window.location.origin}")
client.auth.login("your-name", "your-password")
client.entrypoints.create(
    group_id=${group},
    name="hello",
    task_graph="hello:\\n  greet: $who\\n",
    parameters=[{"name": "who", "defaultValue": "you", "parameterType": "string"}],
    plugins=[],  # ids of the plugins that have the tasks
)`;

interface NoEntrypointsProps {
  readonly group: number;
  readonly action: ReactNode;
}

const NoEntrypoints = ({ group, action }: NoEntrypointsProps) => (
  <Empty title="No entrypoints yet" code={clientCode(group)} action={action}>
    <p>
      Its tasks come from{' '}
      <Link to="/$group/plugins" params={{ group }}>
        plugins
      </Link>
      : make one first, then draw up the graph here, or by the client:
    </p>
  </Empty>
);
