import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Answer, Empty, Page } from '../../ui/page.tsx';
import { FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { EditDelete } from './edit-delete.tsx';
import { HoldoutDialog, RemoveHoldout, shareOf } from './holdout-dialog.tsx';
import { type Holdout, holdoutsQuery } from './queries.ts';
import { useRights } from './use-rights.ts';

/** People whom no experiment touches, to see what all of them do together. */
export function HoldoutsPage() {
  const group = useGroup();
  const { whyNotWrite } = useRights();
  const query = useQuery(holdoutsQuery(group));
  const [edited, setEdited] = useState<Holdout | 'new'>();
  const [removed, setRemoved] = useState<Holdout>();
  return (
    <Page
      title="Holdouts"
      freshness={<FreshnessOf query={query} />}
      actions={
        <Button
          kind="primary"
          disabled={whyNotWrite !== undefined}
          title={whyNotWrite}
          onClick={() => setEdited('new')}
        >
          New holdout
        </Button>
      }
    >
      <p className="quiet">
        A holdout keeps a share of people out of every A/B test that names it. Compare them with all
        others after a while: that is what the tests did together.
      </p>
      <Answer query={query}>
        {({ results }) =>
          results.length === 0 ? (
            <Empty title="No holdouts yet">
              <p>Make one, then choose it where an A/B test is made.</p>
            </Empty>
          ) : (
            <DataTable
              label="Holdouts"
              columns={columnsOf(setEdited, setRemoved, whyNotWrite)}
              rows={results}
              rowId={({ id }) => String(id)}
            />
          )
        }
      </Answer>
      {edited !== undefined && (
        <HoldoutDialog
          holdout={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      <RemoveHoldout holdout={removed} onClose={() => setRemoved(undefined)} />
    </Page>
  );
}

type Act = (holdout: Holdout) => void;

const columnsOf = (edit: Act, remove: Act, why: string | undefined): readonly Column<Holdout>[] => [
  { id: 'name', title: 'Name', width: 240, cell: ({ name }) => <Name>{name}</Name> },
  {
    id: 'share',
    title: 'Held out',
    numeric: true,
    width: 90,
    cell: (holdout) => `${shareOf(holdout)}%`,
  },
  {
    id: 'description',
    title: 'What for',
    width: 320,
    cell: ({ description }) => <Name>{description ?? ''}</Name>,
  },
  { id: 'made', title: 'Made', width: 120, cell: ({ created_at: at }) => <Time at={at} /> },
  {
    id: 'actions',
    title: 'Actions',
    width: 180,
    cell: (holdout) => (
      <EditDelete
        name={holdout.name}
        why={why}
        edit={() => edit(holdout)}
        remove={() => remove(holdout)}
      />
    ),
  },
];
