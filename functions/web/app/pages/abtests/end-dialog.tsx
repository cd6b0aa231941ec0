import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote } from '../../ui/page.tsx';
import type { Experiment } from './model.ts';
import { projectOf } from './queries.ts';
import { useKept } from './use-change.ts';
import { type Conclusion, sentVerdict, VerdictFields } from './verdict-fields.tsx';

interface EndDialogProps {
  readonly experiment: Experiment;
  readonly onClose: () => void;
}

export function EndDialog({ experiment, onClose }: EndDialogProps) {
  const group = useGroup();
  const keep = useKept();
  const notices = useNotices();
  const [verdict, setVerdict] = useState<{ conclusion: Conclusion | ''; comment: string }>({
    conclusion: '',
    comment: '',
  });
  const end = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.POST('/api/projects/{project}/experiments/{id}/end', {
          params: { path: { project: projectOf(group), id: experiment.id } },
          body: sentVerdict(verdict.conclusion, verdict.comment),
        }),
      ),
    onSuccess: (after) => {
      keep(after);
      notices.done('It has ended. Its flag is as it was.');
      onClose();
    },
  });
  const submit = submitting(() => end.mutate());
  return (
    <Dialog title="End the A/B test" open onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          What happens from now on does not count any more. Its flag stays as it is: ship a variant,
          or switch the flag off. An end can be taken back only by a reset, or by another end date.
        </p>
        <VerdictFields {...verdict} onChange={setVerdict} />
        {end.isError && <ErrorNote error={end.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={end.isPending}>
            End it
          </Button>
          <Button onClick={onClose}>Keep it running</Button>
        </div>
      </form>
    </Dialog>
  );
}
