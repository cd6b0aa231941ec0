import { CodeDiff } from '../../ui/code-diff.tsx';
import { Conflict } from '../../ui/conflict.tsx';
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

export function FileConflict({ mine, theirs: { file }, ...rest }: FileConflictProps) {
  const before = { title: 'Saved meanwhile', text: file.contents };
  return (
    <Conflict
      {...rest}
      what="file"
      savedOn={file.snapshotCreatedOn}
      note="The version that was saved meanwhile stays among the versions."
    >
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
    </Conflict>
  );
}
