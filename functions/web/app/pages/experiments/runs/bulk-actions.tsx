import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, mlflow } from '../../../data/api.ts';
import { eachOf } from '../../../data/each-of.ts';
import { count } from '../../../data/format.ts';
import { inGroup } from '../../../data/workspace.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/dialog.tsx';
import { useNotices } from '../../../ui/notices.tsx';
import { type Tag, TagDialog } from '../../../ui/tag-pairs.tsx';
import { isLocked, isUnended, type RunRow } from './run-row.ts';

const PATHS = {
  delete: '/api/2.0/mlflow/runs/delete',
  restore: '/api/2.0/mlflow/runs/restore',
  lock: '/api/2.0/mlflow/runs/lock',
  unlock: '/api/2.0/mlflow/runs/unlock',
} as const;
type Action = keyof typeof PATHS;

const DONE = {
  delete: 'deleted',
  restore: 'restored',
  lock: 'locked',
  unlock: 'unlocked',
} as const;

/** More lines in a chart, or columns in a table, nobody can tell apart. */
const MOST_COMPARED = 100;

interface BulkProps {
  readonly group: number;
  readonly chosen: readonly RunRow[];
  readonly onClear: () => void;
  /** After something was done to some runs. */
  readonly onDone: (ids: readonly string[]) => Promise<unknown>;
}

const runs = (many: number): string => (many === 1 ? '1 run' : `${count(many)} runs`);

/** Does the same to some runs, and says what came of it. */
function useBulk({ chosen, onDone }: BulkProps) {
  const [progress, setProgress] = useState<number>();
  const notices = useNotices();
  const each = async (done: string, act: (id: string) => Promise<unknown>): Promise<void> => {
    const ids = chosen.map(({ id }) => id);
    setProgress(0);
    const outcome = await eachOf(ids, act, setProgress);
    setProgress(undefined);
    const [first] = outcome.errors;
    const all = outcome.errors.length === 0;
    if (all) notices.done(`${runs(ids.length)} ${done}.`);
    else
      notices.done(
        `${count(outcome.done)} of ${runs(ids.length)} ${done}; the first that was not:`,
      );
    if (!all) notices.failed(first);
    await onDone(ids).catch(notices.failed);
  };
  return { progress, each };
}

/** What can be done to the runs that are chosen. */
export function BulkActions(props: BulkProps) {
  const { group, chosen, onClear } = props;
  const { progress, each } = useBulk(props);
  const [asked, setAsked] = useState<'tag' | 'delete'>();
  const act = (action: Action): void => {
    setAsked(undefined);
    void each(DONE[action], (id) =>
      answerOf(mlflow.POST(PATHS[action], { body: { run_id: id }, ...inGroup(group) })),
    );
  };
  const tag = ({ key, value }: Tag): Promise<void> =>
    each(`tagged with ${key}`, (id) =>
      answerOf(
        mlflow.POST('/api/2.0/mlflow/runs/set-tag', {
          body: { run_id: id, key, value },
          ...inGroup(group),
        }),
      ),
    );
  return (
    <fieldset className="bulk-actions" aria-label="With the chosen runs">
      <strong role="status">
        {progress === undefined
          ? `${runs(chosen.length)} chosen`
          : `${count(progress)} of ${count(chosen.length)} …`}
      </strong>
      <CompareLink group={group} chosen={chosen} />
      <Buttons
        chosen={chosen}
        busy={progress !== undefined}
        onAct={(action) => (action === 'delete' ? setAsked('delete') : act(action))}
        onTag={() => setAsked('tag')}
      />
      <Button kind="quiet" onClick={onClear}>
        Choose none
      </Button>
      <TagDialog
        title={`Tag ${runs(chosen.length)}`}
        tag={asked === 'tag' ? { key: '', value: '' } : undefined}
        onSet={tag}
        onClose={() => setAsked(undefined)}
      />
      <Confirm
        title="Delete runs"
        open={asked === 'delete'}
        onClose={() => setAsked(undefined)}
        action={`Delete ${runs(chosen.length)}`}
        danger
        onConfirm={() => act('delete')}
      >
        <p>
          They can be restored from “Deleted”, unless a retention of the experiment removes them
          first.
        </p>
      </Confirm>
    </fieldset>
  );
}

function CompareLink({ group, chosen }: Pick<BulkProps, 'group' | 'chosen'>) {
  if (chosen.length < 2) {
    return (
      <Button disabled title="Choose two runs or more to compare them">
        Compare
      </Button>
    );
  }
  if (chosen.length > MOST_COMPARED) {
    return (
      <Button disabled title={`At most ${MOST_COMPARED} runs are compared at once`}>
        Compare
      </Button>
    );
  }
  return (
    <Link
      className={buttonClass('primary')}
      to="/$group/compare"
      params={{ group }}
      search={{ runs: chosen.map(({ id }) => id) }}
    >
      Compare
    </Link>
  );
}

interface ButtonsProps {
  readonly chosen: readonly RunRow[];
  readonly busy: boolean;
  readonly onAct: (action: Action) => void;
  readonly onTag: () => void;
}

/** Each says why it cannot be pressed. */
function Buttons({ chosen, busy, onAct, onTag }: ButtonsProps) {
  const [deleted, locked] = [chosen.some((row) => row.deleted), chosen.some(isLocked)];
  const refusals: Readonly<Record<Action | 'tag', string | undefined>> = {
    tag: deleted ? 'Restore deleted runs first' : locked ? 'Unlock locked runs first' : undefined,
    delete: deleted
      ? 'Some are deleted already'
      : locked
        ? 'Locked runs cannot be deleted: unlock them first'
        : undefined,
    restore: chosen.every((row) => row.deleted) ? undefined : 'Some are not deleted',
    lock: deleted
      ? 'Restore deleted runs first'
      : chosen.some(isUnended)
        ? 'Some have not ended yet'
        : locked
          ? 'Some are locked already'
          : undefined,
    unlock: chosen.every(isLocked) ? undefined : 'Some are not locked',
  };
  const state = (action: Action | 'tag') => ({
    disabled: busy || refusals[action] !== undefined,
    title: refusals[action],
  });
  return (
    <>
      <Button {...state('tag')} onClick={onTag}>
        Tag …
      </Button>
      {deleted && (
        <Button {...state('restore')} onClick={() => onAct('restore')}>
          Restore
        </Button>
      )}
      <Button {...state('lock')} onClick={() => onAct('lock')}>
        Lock
      </Button>
      {locked && (
        <Button {...state('unlock')} onClick={() => onAct('unlock')}>
          Unlock
        </Button>
      )}
      <Button kind="danger" {...state('delete')} onClick={() => onAct('delete')}>
        Delete …
      </Button>
    </>
  );
}
