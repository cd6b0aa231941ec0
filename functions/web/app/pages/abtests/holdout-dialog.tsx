import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { ConfirmDelete } from '../../ui/confirm-delete.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import { type Holdout, holdoutsQuery, projectOf } from './queries.ts';

/** The share of people that a holdout keeps out, in percent. */
export const shareOf = ({ filters }: Holdout): number => {
  const share = filters[0]?.rollout_percentage;
  return typeof share === 'number' ? share : 0;
};

interface HoldoutDialogProps {
  readonly holdout: Holdout | undefined;
  readonly onClose: () => void;
}

export function HoldoutDialog({ holdout, onClose }: HoldoutDialogProps) {
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
  const submit = submitting(() => save.mutate());
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
        <SubmitRow busy={save.isPending} onCancel={onClose}>
          Save
        </SubmitRow>
      </form>
    </Dialog>
  );
}

export function RemoveHoldout({ holdout, onClose }: HoldoutDialogProps) {
  const group = useGroup();
  return (
    <ConfirmDelete
      row={holdout}
      title="Delete the holdout"
      action="Delete it"
      done="The holdout was deleted."
      remove={({ id }) =>
        answerOf(
          posthog.DELETE('/api/projects/{project}/experiment_holdouts/{id}', {
            params: { path: { project: projectOf(group), id } },
          }),
        )
      }
      changes={[holdoutsQuery(group).queryKey]}
      onClose={onClose}
    >
      <p>
        “<Name>{holdout?.name ?? ''}</Name>” goes for good: those who were held out then take part
        in the A/B tests that named it. This cannot be undone.
      </p>
    </ConfirmDelete>
  );
}
