import { Button } from '../../ui/button.tsx';
import { CodeDiff } from '../../ui/code-diff.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Time } from '../../ui/text.tsx';
import type { ReadFile } from './calls.ts';
import { taskTexts } from './task-texts.ts';
import { type FileForm, fileForm } from './tasks.ts';

interface FileConflictProps {
  readonly mine: FileForm;
  readonly theirs: ReadFile;
  readonly busy: boolean;
  readonly onClose: () => void;
  readonly onOverwrite: () => void;
}

/** Somebody else saved meanwhile: what is different, and which of the two shall be. */
export function FileConflict({ mine, theirs, busy, onClose, onOverwrite }: FileConflictProps) {
  const { file } = theirs;
  const before = { title: 'Saved meanwhile', text: file.contents };
  return (
    <Dialog title="Somebody changed it meanwhile" open onClose={onClose} wide>
      <p>
        The file was saved <Time at={file.snapshotCreatedOn} />, after you began. Nothing of yours
        is saved yet.
      </p>
      <CodeDiff
        label="Code"
        language="python"
        before={before}
        after={{ title: 'Yours', text: mine.contents }}
      />
      <CodeDiff
        label="Tasks"
        language="yaml"
        before={{ ...before, text: taskTexts(fileForm(file)) }}
        after={{ title: 'Yours', text: taskTexts(mine) }}
      />
      <div className="row">
        <Button kind="danger" busy={busy} onClick={onOverwrite}>
          Save mine as the newest version
        </Button>
        <Button onClick={onClose}>Go on editing</Button>
      </div>
      <p className="quiet">The version that was saved meanwhile stays among the versions.</p>
    </Dialog>
  );
}
