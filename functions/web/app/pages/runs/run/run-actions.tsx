import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../../data/use-group.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm, Dialog } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { submitting } from '../../../ui/form.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { useNotices } from '../../../ui/notices.tsx';
import { ErrorNote } from '../../../ui/page.tsx';
import {
  deleteRun,
  deleteRunForGood,
  isDeleted,
  isLocked,
  isUnderWay,
  lockRun,
  nameOf,
  type Run,
  renameRun,
  restoreRun,
  unlockRun,
} from '../run-data.ts';

/** Does something to a run, and reads it anew. */
export function useRunChange(run: Run, done: string) {
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: (change: () => Promise<void>) => change(),
    onSuccess: async () => {
      notices.done(done);
      await Promise.all(
        [['run', run.info.run_id], ['runs']].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      );
    },
  });
}

type Asked = 'rename' | 'lock' | 'unlock' | 'delete' | 'for-good';

/** What can be done to a run, and why not where it cannot. */
export function RunActions({ run }: { readonly run: Run }) {
  const [asked, setAsked] = useState<Asked>();
  const [locked, deleted] = [isLocked(run), isDeleted(run)];
  const restored = useRunChange(run, 'The run is restored.');
  const notices = useNotices();
  const restore = (): void =>
    restored.mutate(() => restoreRun(run.info.run_id), { onError: notices.failed });
  const close = (): void => setAsked(undefined);
  const held = locked ? 'The run is locked: unlock it first' : undefined;
  return (
    <>
      {deleted && (
        <Button kind="primary" busy={restored.isPending} onClick={restore}>
          Restore
        </Button>
      )}
      <Menu label="Actions">
        <Button disabled={locked || deleted} title={held} onClick={() => setAsked('rename')}>
          Rename …
        </Button>
        {locked ? (
          <Button onClick={() => setAsked('unlock')}>Unlock …</Button>
        ) : (
          <Button
            disabled={isUnderWay(run) || deleted}
            title={isUnderWay(run) ? 'A run can be locked once it has ended' : undefined}
            onClick={() => setAsked('lock')}
          >
            Lock …
          </Button>
        )}
        {!deleted && (
          <Button disabled={locked} title={held} onClick={() => setAsked('delete')}>
            Delete …
          </Button>
        )}
        {deleted && (
          <Button kind="danger" onClick={() => setAsked('for-good')}>
            Delete for good …
          </Button>
        )}
      </Menu>
      <Rename run={run} open={asked === 'rename'} onClose={close} />
      {asked !== undefined && asked !== 'rename' && (
        <AskFirst run={run} what={asked} onClose={close} />
      )}
    </>
  );
}

interface RenameProps {
  readonly run: Run;
  readonly open: boolean;
  readonly onClose: () => void;
}

function Rename({ run, open, onClose }: RenameProps) {
  const [name, setName] = useState<string>();
  const change = useRunChange(run, 'The run has its new name.');
  const close = (): void => {
    setName(undefined);
    change.reset();
    onClose();
  };
  const submit = submitting(() => {
    const next = (name ?? nameOf(run)).trim();
    change.mutate(() => renameRun(run.info.run_id, next), { onSuccess: close });
  });
  return (
    <Dialog title="Rename the run" open={open} onClose={close}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label="Name"
          required
          maxLength={5000}
          value={name ?? nameOf(run)}
          onChange={({ target }) => setName(target.value)}
        />
        {change.isError && <ErrorNote error={change.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={change.isPending}>
            Rename
          </Button>
          <Button onClick={close}>Keep the name</Button>
        </div>
      </form>
    </Dialog>
  );
}

interface Question {
  readonly title: string;
  readonly action: string;
  readonly text: string;
  readonly done: string;
  readonly danger?: boolean;
  readonly change: (id: string) => Promise<void>;
}

const QUESTIONS: Readonly<Record<Exclude<Asked, 'rename'>, Question>> = {
  lock: {
    title: 'Lock the run?',
    action: 'Lock the run',
    text: 'Nothing of it can be changed or deleted any more: no params, metrics, tags or artifacts. Only owners and administrators of the group can unlock it.',
    done: 'The run is locked.',
    change: lockRun,
  },
  unlock: {
    title: 'Unlock the run?',
    action: 'Unlock the run',
    text: 'It can be changed and deleted again by everybody who may write in the group. Who unlocked it stays in the audit trail.',
    done: 'The run is unlocked.',
    change: unlockRun,
  },
  delete: {
    title: 'Delete the run?',
    action: 'Delete the run',
    text: 'It is left out of lists and searches. It can be restored.',
    done: 'The run is deleted; it can be restored.',
    danger: true,
    change: deleteRun,
  },
  'for-good': {
    title: 'Delete the run for good?',
    action: 'Delete for good',
    text: 'Its params, metrics, tags and artifacts are removed. This cannot be undone.',
    done: 'The run is gone.',
    danger: true,
    change: deleteRunForGood,
  },
};

interface AskFirstProps {
  readonly run: Run;
  readonly what: Exclude<Asked, 'rename'>;
  readonly onClose: () => void;
}

function AskFirst({ run, what, onClose }: AskFirstProps) {
  const { title, action, text, done, danger = false, change: call } = QUESTIONS[what];
  const group = useGroup();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notices = useNotices();
  const change = useRunChange(run, done);
  const goes = useMutation({
    mutationFn: () => call(run.info.run_id),
    onSuccess: async () => {
      notices.done(done);
      await navigate({
        to: '/$group/experiments/$experiment',
        params: { group, experiment: run.info.experiment_id },
      });
      queries.removeQueries({ queryKey: ['run', run.info.run_id] });
    },
  });
  const confirm = (): void =>
    what === 'for-good'
      ? goes.mutate()
      : change.mutate(() => call(run.info.run_id), { onSuccess: onClose });
  const error = change.error ?? goes.error;
  return (
    <Confirm
      title={title}
      open
      onClose={onClose}
      action={action}
      danger={danger}
      busy={change.isPending || goes.isPending}
      onConfirm={confirm}
    >
      <p>{text}</p>
      {error !== null && <ErrorNote error={error} />}
    </Confirm>
  );
}
