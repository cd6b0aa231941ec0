import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { type Group, groupsQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Name } from '../../ui/text.tsx';
import { limitsQuery } from '../people/group-query.ts';
import { Refusal } from './refusal.tsx';

/** How many jobs of a group may run at a time. */
export function LimitsTab() {
  const groups = useQuery(groupsQuery);
  const [asked, setAsked] = useState<Group | 'another'>();
  const close = (): void => setAsked(undefined);
  return (
    <Card
      title="Jobs that run at a time"
      actions={<Button onClick={() => setAsked('another')}>Another group, by its number</Button>}
    >
      <p className="quiet">
        A limit holds for a group in all pools together; 0 lets no job begin, and those that run go
        on. You see the groups that you are in.
      </p>
      <Answer query={groups}>
        {(known) => (
          <DataTable
            label="Groups and their limits"
            columns={columnsOf(setAsked)}
            rows={known}
            rowId={({ id }) => String(id)}
          />
        )}
      </Answer>
      <Dialog title="Limit of a group" open={asked !== undefined} onClose={close}>
        {asked !== undefined && (
          <LimitForm group={asked === 'another' ? undefined : asked} onClose={close} />
        )}
      </Dialog>
    </Card>
  );
}

const columnsOf = (onChange: (group: Group) => void): readonly Column<Group>[] => [
  { id: 'id', title: 'Number', width: 80, numeric: true, cell: ({ id }) => id },
  { id: 'name', title: 'Group', width: 240, cell: ({ name }) => <Name>{name}</Name> },
  { id: 'limit', title: 'At a time', width: 140, cell: ({ id }) => <Limit id={id} /> },
  {
    id: 'change',
    title: 'Action',
    width: 120,
    cell: (group) => (
      <Button
        kind="quiet"
        aria-label={`Change the limit of ${group.name}`}
        onClick={() => onChange(group)}
      >
        Change
      </Button>
    ),
  },
];

function Limit({ id }: { readonly id: number }) {
  const { data, isError } = useQuery(limitsQuery(id));
  if (isError) return <span className="quiet">Not known</span>;
  if (data === undefined) return <span className="quiet">…</span>;
  return data.runningJobs === null ? <span className="quiet">No limit</span> : data.runningJobs;
}

interface LimitFormProps {
  /** Nothing: one whose number is typed. */
  readonly group: Group | undefined;
  readonly onClose: () => void;
}

function LimitForm({ group, onClose }: LimitFormProps) {
  const known = useQuery({ ...limitsQuery(group?.id ?? 0), enabled: group !== undefined });
  const present = known.data?.runningJobs;
  const [id, setId] = useState(group === undefined ? '' : String(group.id));
  const [limited, setLimited] = useState(typeof present === 'number');
  const [most, setMost] = useState(String(present ?? 10));
  const queries = useQueryClient();
  const { done } = useNotices();
  const setting = useMutation({
    mutationFn: () =>
      answerOf(
        dioptra.PUT('/groups/{id}/limits', {
          params: { path: { id: Number(id) } },
          body: { runningJobs: limited ? Number(most) : null },
        }),
      ),
    onSuccess: () => {
      onClose();
      done(limited ? `At most ${most} jobs run at a time.` : 'The limit is taken away.');
      return queries.invalidateQueries({ queryKey: limitsQuery(Number(id)).queryKey });
    },
  });
  const submit = submitting(() => setting.mutate());
  return (
    <form className="stack" onSubmit={submit}>
      {group === undefined ? (
        <TextField
          label="Number of the group"
          type="number"
          min={1}
          required
          value={id}
          onChange={({ target }) => setId(target.value)}
          hint="Its members find it under “People”, “The group”."
        />
      ) : (
        <p>
          <Name>{group.name}</Name>
        </p>
      )}
      <Checkbox
        label="Limit it"
        checked={limited}
        onChange={({ target }) => setLimited(target.checked)}
      />
      {limited && (
        <TextField
          label="At most, at a time"
          type="number"
          min={0}
          step={1}
          required
          value={most}
          onChange={({ target }) => setMost(target.value)}
        />
      )}
      <SubmitRow busy={setting.isPending} onCancel={onClose}>
        Save
      </SubmitRow>
      {setting.isError && <Refusal error={setting.error} />}
    </form>
  );
}
