import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Time } from './text.tsx';

interface ConflictProps {
  /** What two wanted to save: "entrypoint". */
  readonly what: string;
  readonly savedOn: string;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onOverwrite: () => void;
  /** Of the version that lost. */
  readonly note: string;
  /** What is different between the two. */
  readonly children: ReactNode;
}

/** Somebody else saved meanwhile: what is different, and which of the two shall be. */
export function Conflict(props: ConflictProps) {
  const { what, savedOn, busy, onClose, onOverwrite, note, children } = props;
  return (
    <Dialog title="Somebody changed it meanwhile" open onClose={onClose} wide>
      <p>
        The {what} was saved <Time at={savedOn} />, after you began. Nothing of yours is saved yet.
      </p>
      {children}
      <div className="row">
        <Button kind="danger" busy={busy} onClick={onOverwrite}>
          Save mine as the newest version
        </Button>
        <Button onClick={onClose}>Go on editing</Button>
      </div>
      <p className="quiet">{note}</p>
    </Dialog>
  );
}
