import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Confirm, Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Empty, ErrorNote, Page } from '../../ui/page.tsx';
import { Freshness, Name, Time } from '../../ui/text.tsx';
import { type Holdout, holdoutsQuery, projectOf } from './queries.ts';

const shareOf = ({ filters }: Holdout): number => {
  const share = filters[0]?.rollout_percentage;
  return typeof share === 'number' ? share : 0;
};

/** People whom no experiment touches, to see what all of them do together. */
export function HoldoutsPage() {
  const group = useGroup();
  const query = useQuery(holdoutsQuery(group));
  const [edited, setEdited] = useState<Holdout | 'new'>();
  const [removed, setRemoved] = useState<Holdout>();
  const columns: readonly Column<Holdout>[] = [
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
        <span className="row">
          <Button
            kind="quiet"
            aria-label={`Edit: ${holdout.name}`}
            onClick={() => setEdited(holdout)}
          >
            Edit
          </Button>
          <Button
            kind="quiet"
            aria-label={`Delete: ${holdout.name}`}
            onClick={() => setRemoved(holdout)}
          >
            Delete
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Page
      title="Holdouts"
      freshness={
        <Freshness
          at={query.dataUpdatedAt}
          onRefresh={() => void query.refetch()}
          busy={query.isFetching}
          error={query.error}
        />
      }
      actions={
        <Button kind="primary" onClick={() => setEdited('new')}>
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
              columns={columns}
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

interface HoldoutDialogProps {
  readonly holdout: Holdout | undefined;
  readonly onClose: () => void;
}

function HoldoutDialog({ holdout, onClose }: HoldoutDialogProps) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const [name, setName] = useState(holdout?.name ?? '');
  const [description, setDescription] = useState(holdout?.description ?? '');
  const [share, setShare] = useState(String(holdout === undefined ? 5 : shareOf(holdout)));
  const save = useMutation({
    mutationFn: () => {
      const filters = holdout?.filters ?? [];
      const [first = { properties: [] }, ...others] = filters;
      const body = {
        name,
        description,
        filters: [{ ...first, rollout_percentage: Number(share) }, ...others] as never,
      };
      const path = { project: projectOf(group) };
      return answerOf(
        holdout === undefined
          ? posthog.POST('/api/projects/{project}/experiment_holdouts', { params: { path }, body })
          : posthog.PATCH('/api/projects/{project}/experiment_holdouts/{id}', {
              params: { path: { ...path, id: holdout.id } },
              body,
            }),
      );
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: holdoutsQuery(group).queryKey });
      notices.done(`The holdout “${name}” was saved.`);
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={holdout === undefined ? 'New holdout' : 'Holdout'} open onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={400}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <TextArea
          label="What it is for"
          maxLength={400}
          value={description}
          onChange={({ target }) => setDescription(target.value)}
        />
        <TextField
          label="Share of people who are held out, in %"
          type="number"
          required
          min={0}
          max={100}
          step="any"
          value={share}
          onChange={({ target }) => setShare(target.value)}
        />
        {holdout !== undefined && (
          <p className="quiet">
            Another share changes the flags of the A/B tests that name it, also of those that run.
          </p>
        )}
        {save.isError && <ErrorNote error={save.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={save.isPending}>
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  );
}

function RemoveHoldout({ holdout, onClose }: HoldoutDialogProps) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: (id: number) =>
      answerOf(
        posthog.DELETE('/api/projects/{project}/experiment_holdouts/{id}', {
          params: { path: { project: projectOf(group), id } },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: holdoutsQuery(group).queryKey });
      notices.done('The holdout was deleted.');
    },
    onError: notices.failed,
    onSettled: onClose,
  });
  return (
    <Confirm
      title="Delete the holdout"
      open={holdout !== undefined}
      onClose={onClose}
      action="Delete it"
      danger
      busy={remove.isPending}
      onConfirm={() => holdout !== undefined && remove.mutate(holdout.id)}
    >
      <p>
        “<Name>{holdout?.name ?? ''}</Name>” goes for good: those who were held out then take part
        in the A/B tests that named it. This cannot be undone.
      </p>
    </Confirm>
  );
}
