import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox, SelectField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { RefusedChange } from '../flags/refused-change.tsx';
import { type Experiment, variantsOf } from './model.ts';
import { projectOf } from './queries.ts';
import { useKept } from './use-change.ts';
import { type Conclusion, sentVerdict, VerdictFields } from './verdict-fields.tsx';

interface ShipDialogProps {
  readonly experiment: Experiment;
  readonly onClose: () => void;
}

/** Gives one variant to all who take part, or to everybody. */
export function ShipDialog({ experiment, onClose }: ShipDialogProps) {
  const group = useGroup();
  const keep = useKept();
  const notices = useNotices();
  const keys = variantsOf(experiment).map(({ key }) => key);
  const [key, setKey] = useState(keys.find((each) => each !== 'control') ?? keys[0] ?? '');
  const [toAll, setToAll] = useState(false);
  const [verdict, setVerdict] = useState<{ conclusion: Conclusion | ''; comment: string }>({
    conclusion: '',
    comment: '',
  });
  const ship = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.POST('/api/projects/{project}/experiments/{id}/ship_variant', {
          params: { path: { project: projectOf(group), id: experiment.id } },
          body: {
            variant_key: key,
            release_to_everyone: toAll,
            ...sentVerdict(verdict.conclusion, verdict.comment),
          },
        }),
      ),
    onSuccess: (after) => {
      keep(after);
      notices.done(`The variant ${key} is shipped.`);
      onClose();
    },
  });
  const submit = submitting(() => ship.mutate());
  return (
    <Dialog title="Ship a variant" open onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          All who take part get this variant from now on
          {experiment.end_date === null ? ', and the A/B test ends' : ''}. The flag can be changed
          back by hand.
        </p>
        <SelectField label="Variant" value={key} onChange={({ target }) => setKey(target.value)}>
          {keys.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </SelectField>
        <Checkbox
          label="To everybody, not only to those whom the flag's conditions are for"
          checked={toAll}
          onChange={({ target }) => setToAll(target.checked)}
        />
        <VerdictFields {...verdict} onChange={setVerdict} />
        {ship.isError && <RefusedChange error={ship.error} />}
        <SubmitRow busy={ship.isPending} onCancel={onClose}>
          Ship {key}
        </SubmitRow>
      </form>
    </Dialog>
  );
}
