import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Empty, Page } from '../../ui/page.tsx';
import { ResourceList } from '../../ui/resource-list.tsx';
import { TagList, TagsDialog } from '../../ui/tags.tsx';
import { Name, Time } from '../../ui/text.tsx';
import { type Plugin, setPluginTags } from './calls.ts';
import { DeletePlugin } from './delete-plugin.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { ReaderNote, useMayWrite } from './may-write.tsx';
import { PluginDialog } from './plugin-dialog.tsx';
import { PluginTabs } from './plugin-tabs.tsx';

type Asked =
  | { readonly what: 'tags' | 'delete'; readonly row: Plugin }
  | { readonly what: 'new' | 'import'; readonly row?: undefined };

/** The plugins of a group. */
export function PluginsPage() {
  const group = useGroup();
  const search = useSearch({ from: '/signed-in/$group/plugins' });
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  const mayWrite = useMayWrite();
  const close = () => setAsked(undefined);
  const actions = (
    <>
      <Button onClick={() => setAsked({ what: 'import' })}>Import …</Button>
      <Button kind="primary" onClick={() => setAsked({ what: 'new' })}>
        New plugin
      </Button>
    </>
  );
  return (
    <Page title="Plugins" actions={mayWrite && actions}>
      <PluginTabs />
      <ReaderNote />
      <p className="quiet">
        A plugin is a package of Python files; the tasks that they register are what the steps of
        entrypoints call.
      </p>
      <ResourceList
        what="plugins"
        queryKey={['plugins', group]}
        load={(query) =>
          answerOf(dioptra.GET('/plugins', { params: { query: { ...query, groupId: group } } }))
        }
        columns={columnsOf(group, setAsked).filter(({ id }) => mayWrite || id !== 'actions')}
        search={search}
        onSearch={(next) =>
          void navigate({ to: '/$group/plugins', params: { group }, search: next, replace: true })
        }
        empty={
          <Empty
            title="No plugins yet"
            code={clientCode(group)}
            action={
              mayWrite && (
                <Button kind="primary" onClick={() => setAsked({ what: 'new' })}>
                  New plugin
                </Button>
              )
            }
          >
            <p>Make one here, import an archive or a git repository, or use the client:</p>
          </Empty>
        }
      />
      <PluginDialog
        open={asked?.what === 'new'}
        onClose={close}
        onSaved={(id) =>
          void navigate({
            to: '/$group/plugins/$plugin',
            params: { group, plugin: String(id) },
            search: { file: 0 },
          })
        }
      />
      <ImportDialog open={asked?.what === 'import'} onClose={close} />
      <TagsDialog
        name={asked?.what === 'tags' ? asked.row.name : undefined}
        tags={asked?.row?.tags ?? []}
        save={(ids) => setPluginTags(asked?.row?.id ?? 0, ids)}
        onClose={close}
        changes={[['plugins']]}
      />
      <DeletePlugin plugin={asked?.what === 'delete' ? asked.row : undefined} onClose={close} />
    </Page>
  );
}

const tasksOf = ({ files }: Plugin): readonly string[] =>
  files.flatMap(({ tasks }) => [...tasks.functions, ...tasks.artifacts].map(({ name }) => name));

const columnsOf = (group: number, ask: (asked: Asked) => void): readonly Column<Plugin>[] => [
  {
    id: 'name',
    title: 'Name',
    sortable: true,
    width: 200,
    cell: ({ id, name }) => (
      <Link to="/$group/plugins/$plugin" params={{ group, plugin: String(id) }}>
        <Name>{name}</Name>
      </Link>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    sortable: true,
    width: 220,
    cell: ({ description }) => <Name>{description}</Name>,
  },
  { id: 'tags', title: 'Tags', width: 130, cell: ({ tags }) => <TagList tags={tags} /> },
  {
    id: 'files',
    title: 'Files',
    numeric: true,
    width: 70,
    cell: ({ files }) => files.length,
  },
  {
    id: 'tasks',
    title: 'Tasks',
    width: 240,
    cell: (plugin) => {
      const tasks = tasksOf(plugin).join(', ');
      return (
        <span title={tasks}>
          <Name>{tasks}</Name>
        </span>
      );
    },
  },
  {
    id: 'lastModifiedOn',
    title: 'Changed',
    sortable: true,
    width: 130,
    cell: ({ lastModifiedOn }) => <Time at={lastModifiedOn} />,
  },
  {
    id: 'actions',
    title: 'Actions',
    width: 100,
    cell: (row) => (
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
    ),
  },
];

const clientCode = (
  group: number,
) => `from dioptra.client import connect_json_dioptra_client, select_files_in_directory

client = connect_json_dioptra_client("${window.location.origin}")
client.auth.login("your-name", "your-password")
client.workflows.import_resources(
    group_id=${group},
    source=select_files_in_directory(".", recursive=True),
)`;
