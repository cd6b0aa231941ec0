import { useState } from 'react';
import { clockTime } from '../../../data/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Confirm } from '../../../ui/dialog.tsx';
import { ErrorNote } from '../../../ui/page.tsx';
import type { DraftState } from './use-draft.ts';
import type { Save } from './use-save.ts';
import '../../../ui/save-bar.css';

interface SaveBarProps {
  readonly isNew: boolean;
  readonly changed: boolean;
  /** How many fields are not filled in well. */
  readonly faults: number;
  readonly findings: number;
  readonly draft: DraftState;
  readonly save: Save;
  /** Whether the findings are those of a save that was refused. */
  readonly refused: boolean;
  readonly checkError: Error | null;
  readonly onSave: () => void;
  readonly onDiscard: () => Promise<unknown>;
}

function draftText({ keptAt, open, error }: DraftState): string {
  if (error !== undefined) return 'The draft could not be kept; save, or copy your text.';
  if (open) return 'Not kept yet …';
  return keptAt === undefined ? '' : `Draft kept ${clockTime(keptAt)}`;
}

/** The end of the form: save, and how things stand. */
export function SaveBar(props: SaveBarProps) {
  const { isNew, changed, faults, findings, draft, save, refused, checkError } = props;
  const [asking, setAsking] = useState(false);
  const reason = !changed
    ? 'Nothing is changed.'
    : faults > 0
      ? `${faults} of the fields above need another value.`
      : undefined;
  return (
    <footer className="save-bar">
      {save.error !== null && !refused && <ErrorNote error={save.error} />}
      {refused && (
        <p role="alert" className="entry-refused">
          It was not saved: {findings} to mend, listed below the graph.
        </p>
      )}
      {checkError !== null && (
        <p className="entry-refused">
          It could not be checked: <bdi>{checkError.message}</bdi>
        </p>
      )}
      <div className="row">
        <Button
          kind="primary"
          busy={save.busy}
          disabled={reason !== undefined}
          title={reason}
          onClick={props.onSave}
        >
          {isNew ? 'Make the entrypoint' : 'Save a new version'}
        </Button>
        <Button disabled={!changed} onClick={() => setAsking(true)}>
          Discard changes …
        </Button>
        <span role="status" className="quiet">
          {draftText(draft)}
        </span>
        {reason !== undefined && changed && <span className="entry-refused">{reason}</span>}
      </div>
      <Confirm
        title="Discard the changes?"
        open={asking}
        onClose={() => setAsking(false)}
        action="Discard them"
        danger
        onConfirm={() => {
          setAsking(false);
          void props.onDiscard();
        }}
      >
        <p>What you changed and the draft of it go. It cannot be undone.</p>
      </Confirm>
    </footer>
  );
}
