import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/dialog.tsx';
import { Menu } from '../../ui/menu.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { CohortButton } from './cohort-button.tsx';
import { CopyDialog } from './copy-dialog.tsx';
import { EndDialog } from './end-dialog.tsx';
import { STEPS, type Step, takeStep } from './lifecycle.ts';
import { canEdit, type Experiment, measuresOf } from './model.ts';
import { abTestKey, abTestsKey } from './queries.ts';
import { ShipDialog } from './ship-dialog.tsx';
import { useChange, useKept } from './use-change.ts';

type Open = Step | 'end' | 'ship' | 'duplicate' | 'copy' | 'delete';

/** What can be done about an experiment as it stands. */
export function ExperimentActions({ experiment }: { readonly experiment: Experiment }) {
  const [open, setOpen] = useState<Open>();
  const { status, archived } = experiment;
  if (!canEdit(experiment)) {
    return <span className="quiet">You may only read in this group.</span>;
  }
  const close = (): void => setOpen(undefined);
  const isUnderWay = status === 'running' || status === 'paused';
  return (
    <>
      {status === 'draft' && (
        <Button kind="primary" onClick={() => setOpen('launch')}>
          Launch
        </Button>
      )}
      {status === 'running' && <Button onClick={() => setOpen('pause')}>Pause</Button>}
      {status === 'paused' && <Button onClick={() => setOpen('resume')}>Resume</Button>}
      {isUnderWay && <Button onClick={() => setOpen('end')}>End</Button>}
      {status !== 'draft' && <Button onClick={() => setOpen('ship')}>Ship a variant</Button>}
      <Menu label="More">
        <Button kind="quiet" onClick={() => setOpen('duplicate')}>
          Duplicate …
        </Button>
        <Button kind="quiet" onClick={() => setOpen('copy')}>
          Copy to another group …
        </Button>
        {status !== 'draft' && experiment.exposure_cohort === null && (
          <CohortButton experiment={experiment} />
        )}
        {status !== 'draft' && (
          <Button kind="quiet" onClick={() => setOpen('reset')}>
            Reset to draft …
          </Button>
        )}
        {status === 'stopped' && !archived && (
          <Button kind="quiet" onClick={() => setOpen('archive')}>
            Archive …
          </Button>
        )}
        {archived && (
          <Button kind="quiet" onClick={() => setOpen('unarchive')}>
            Take out of the archive …
          </Button>
        )}
        <Button kind="quiet" onClick={() => setOpen('delete')}>
          Delete …
        </Button>
      </Menu>
      <StepConfirm experiment={experiment} open={open} onClose={close} />
      <DeleteConfirm experiment={experiment} open={open === 'delete'} onClose={close} />
      {open === 'end' && <EndDialog experiment={experiment} onClose={close} />}
      {open === 'ship' && <ShipDialog experiment={experiment} onClose={close} />}
      {(open === 'duplicate' || open === 'copy') && (
        <CopyDialog experiment={experiment} elsewhere={open === 'copy'} onClose={close} />
      )}
    </>
  );
}

interface StepConfirmProps {
  readonly experiment: Experiment;
  readonly open: Open | undefined;
  readonly onClose: () => void;
}

function StepConfirm({ experiment, open, onClose }: StepConfirmProps) {
  const group = useGroup();
  const keep = useKept();
  const notices = useNotices();
  const steps = STEPS;
  const step = open !== undefined && open in steps ? (open as Step) : undefined;
  const take = useMutation({
    mutationFn: (chosen: Step) => takeStep(group, experiment.id, chosen),
    onSuccess: (after, chosen) => {
      keep(after);
      notices.done(steps[chosen].done);
    },
    onError: notices.failed,
    onSettled: onClose,
  });
  if (step === undefined) return null;
  const { title, action, text } = steps[step];
  return (
    <Confirm
      title={title}
      open
      onClose={onClose}
      action={action}
      busy={take.isPending}
      danger={step === 'reset'}
      onConfirm={() => take.mutate(step)}
    >
      <p>{text}</p>
      {step === 'launch' && measuresOf(experiment).length === 0 && (
        <p>There is no metric yet; it may be added later.</p>
      )}
    </Confirm>
  );
}

function DeleteConfirm({
  experiment,
  open,
  onClose,
}: Omit<StepConfirmProps, 'open'> & { open: boolean }) {
  const group = useGroup();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const notices = useNotices();
  const remove = useChange(experiment, `“${experiment.name}” was deleted.`, () => {
    queries.removeQueries({ queryKey: abTestKey(group, experiment.id) });
    void queries.invalidateQueries({ queryKey: abTestsKey(group) });
    void navigate({ to: '/$group/ab-tests', params: { group } });
  });
  return (
    <Confirm
      title="Delete the A/B test"
      open={open}
      onClose={onClose}
      action="Delete it"
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ deleted: true }, { onError: notices.failed })}
    >
      <p>
        It goes from all lists. Its events and its flag stay as they are: switch the flag off by
        itself. The API can bring it back (<code>deleted: false</code>); this page cannot.
      </p>
    </Confirm>
  );
}
