import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import type { Column } from '../../ui/data-table.tsx';
import { Empty, Page } from '../../ui/page.tsx';
import { ResourceList } from '../../ui/resource-list.tsx';
import { Badge, Name, Time } from '../../ui/text.tsx';
import { ReaderNote, useMayWrite } from './may-write.tsx';
import { PluginTabs } from './plugin-tabs.tsx';
import { TypeDialog } from './type-dialog.tsx';
import type { ParameterType } from './types-query.ts';
import './plugins.css';

const BUILT_IN = new Set(['any', 'string', 'integer', 'number', 'boolean', 'null']);
/** Nobody may give a type of their own one of these names. */
const isBuiltIn = ({ name }: ParameterType): boolean => BUILT_IN.has(name);

type Asked = { readonly what: 'edit' | 'delete' | 'new'; readonly row?: ParameterType };

/** The types of what tasks take and give. */
export function TypesPage() {
  const group = useGroup();
  const search = useSearch({ from: '/signed-in/$group/plugins/types' });
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Asked>();
  const mayWrite = useMayWrite();
  const close = () => setAsked(undefined);
  return (
    <Page
      title="Parameter types"
      actions={
        mayWrite && (
          <Button kind="primary" onClick={() => setAsked({ what: 'new' })}>
            New type
          </Button>
        )
      }
    >
      <PluginTabs />
      <ReaderNote />
      <p className="quiet">
        Inputs and outputs of tasks have types: when an entrypoint is saved, what a step gives must
        fit what the next one takes.
      </p>
      <ResourceList
        what="types"
        queryKey={['parameterTypes', group]}
        load={(query) =>
          answerOf(
            dioptra.GET('/pluginParameterTypes', {
              params: { query: { ...query, groupId: group } },
            }),
          )
        }
        columns={columnsOf(setAsked).filter(({ id }) => mayWrite || id !== 'actions')}
        search={search}
        onSearch={(next) =>
          void navigate({
            to: '/$group/plugins/types',
            params: { group },
            search: next,
            replace: true,
          })
        }
        empty={<Empty title="No types" />}
      />
      {(asked?.what === 'edit' || asked?.what === 'new') && (
        <TypeDialog onClose={close} {...(asked.row !== undefined && { type: asked.row })} />
      )}
      <DeleteType type={asked?.what === 'delete' ? asked.row : undefined} onClose={close} />
    </Page>
  );
}

const columnsOf = (ask: (asked: Asked) => void): readonly Column<ParameterType>[] => [
  {
    id: 'name',
    title: 'Name',
    sortable: true,
    width: 220,
    cell: (type) => (
      <>
        <Name>{type.name}</Name> {isBuiltIn(type) && <Badge>built in</Badge>}
      </>
    ),
  },
  {
    id: 'description',
    title: 'Description',
    sortable: true,
    width: 220,
    cell: ({ description }) => <Name>{description}</Name>,
  },
  {
    id: 'structure',
    title: 'Structure',
    width: 300,
    cell: ({ structure }) => {
      if (structure === null) return <span className="quiet">a name alone</span>;
      const text = JSON.stringify(structure);
      return (
        <code title={text}>
          <bdi>{text}</bdi>
        </code>
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
    width: 150,
    cell: (row) =>
      isBuiltIn(row) ? (
        <span className="quiet" title="Types that are built in are the same everywhere.">
          cannot be changed
        </span>
      ) : (
        <>
          <Button
            kind="quiet"
            aria-label={`Edit ${row.name}`}
            onClick={() => ask({ what: 'edit', row })}
          >
            Edit
          </Button>
          <Button
            kind="quiet"
            aria-label={`Delete ${row.name}`}
            onClick={() => ask({ what: 'delete', row })}
          >
            Delete
          </Button>
        </>
      ),
  },
];

interface DeleteTypeProps {
  readonly type: ParameterType | undefined;
  readonly onClose: () => void;
}

const DeleteType = ({ type, onClose }: DeleteTypeProps) => (
  <ConfirmDelete
    row={type}
    title={`Delete ${type?.name ?? ''}?`}
    action="Delete the type"
    done="The type is deleted."
    remove={({ id }) =>
      answerOf(dioptra.DELETE('/pluginParameterTypes/{id}', { params: { path: { id } } }))
    }
    changes={[['parameterTypes']]}
    onClose={onClose}
  >
    <p>Tasks that name it keep it, but no other task can take it. It cannot be undone.</p>
  </ConfirmDelete>
);
