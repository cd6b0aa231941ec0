import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Time } from '../../../ui/text.tsx';
import type { ReadEntrypoint } from '../calls.ts';
import { comparedOf } from '../compare.ts';
import { Differences } from '../differences.tsx';
import type { EntrypointForm } from './form.ts';
import { formOf } from './form-calls.ts';

interface ConflictDialogProps {
  readonly mine: EntrypointForm;
  readonly theirs: ReadEntrypoint;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onOverwrite: () => void;
}

/** Somebody else saved meanwhile: what is different, and which of the two shall be. */
export function ConflictDialog({ mine, theirs, busy, onClose, onOverwrite }: ConflictDialogProps) {
  return (
    <Dialog title="Somebody changed it meanwhile" open onClose={onClose} wide>
      <p>
        The entrypoint was saved <Time at={theirs.entrypoint.snapshotCreatedOn} />, after you began.
        Nothing of yours is saved yet.
      </p>
      <Differences
        before={{ title: 'Saved meanwhile', ...comparedOf(formOf(theirs.entrypoint)) }}
        after={{ title: 'Yours', ...comparedOf(mine) }}
      />
      <div className="row">
        <Button kind="danger" busy={busy} onClick={onOverwrite}>
          Save mine as the newest version
        </Button>
        <Button onClick={onClose}>Go on editing</Button>
      </div>
      <p className="quiet">
        The version that was saved meanwhile stays among the versions, whichever you choose.
      </p>
    </Dialog>
  );
}
