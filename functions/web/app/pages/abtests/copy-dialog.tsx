import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { groupsQuery } from '../../data/session.ts';
import { useGroup } from '../../data/use-group.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import type { Experiment } from './model.ts';
import { abTestsKey, projectOf } from './queries.ts';

interface CopyDialogProps {
  readonly experiment: Experiment;
  /** Into another group; else it stays in this one. */
  readonly elsewhere: boolean;
  readonly onClose: () => void;
}

/** Makes a draft like an experiment. */
export function CopyDialog({ experiment, elsewhere, onClose }: CopyDialogProps) {
  const group = useGroup();
  const groups = useQuery(groupsQuery);
  const others = (groups.data ?? []).filter(({ id }) => id !== group);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const notices = useNotices();
  const [name, setName] = useState(elsewhere ? experiment.name : `${experiment.name} (copy)`);
  const [flagKey, setFlagKey] = useState(
    elsewhere ? experiment.feature_flag_key : `${experiment.feature_flag_key}-copy`,
  );
  const [chosen, setChosen] = useState<number>();
  const target = elsewhere ? (chosen ?? others[0]?.id) : group;
  const copy = useMutation({
    mutationFn: () => {
      const params = { path: { project: projectOf(group), id: experiment.id } };
      const names = { name, feature_flag_key: flagKey };
      const root = '/api/projects/{project}/experiments/{id}';
      return answerOf(
        elsewhere
          ? posthog.POST(`${root}/copy_to_project`, {
              params,
              body: { ...names, target_team_id: target ?? 0 },
            })
          : posthog.POST(`${root}/duplicate`, { params, body: names }),
      );
    },
    onSuccess: ({ id }) => {
      if (target === undefined) return;
      void queries.invalidateQueries({ queryKey: abTestsKey(target) });
      notices.done('The copy is a draft.');
      void navigate({
        to: '/$group/ab-tests/$test',
        params: { group: target, test: String(id) },
      });
      onClose();
    },
  });
  const submit = submitting(() => copy.mutate());
  return (
    <Dialog
      title={elsewhere ? 'Copy to another group' : 'Duplicate the A/B test'}
      open
      onClose={onClose}
    >
      {elsewhere && others.length === 0 ? (
        <p>You are in no other group.</p>
      ) : (
        <form className="stack" onSubmit={submit}>
          {elsewhere && (
            <SelectField
              label="Group"
              value={target}
              onChange={({ target: { value } }) => setChosen(Number(value))}
            >
              {others.map(({ id, name: groupName }) => (
                <option key={id} value={id}>
                  {groupName}
                </option>
              ))}
            </SelectField>
          )}
          <TextField
            label="Name"
            required
            maxLength={400}
            value={name}
            onChange={({ target: { value } }) => setName(value)}
          />
          <TextField
            label="Key of the flag"
            hint="One that there is already is used as it is; another one is made."
            required
            maxLength={400}
            spellCheck={false}
            value={flagKey}
            onChange={({ target: { value } }) => setFlagKey(value)}
          />
          {copy.isError && <ErrorNote error={copy.error} />}
          <SubmitRow busy={copy.isPending} onCancel={onClose}>
            Make the draft
          </SubmitRow>
        </form>
      )}
    </Dialog>
  );
}
