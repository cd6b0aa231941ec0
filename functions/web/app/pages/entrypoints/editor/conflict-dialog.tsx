import { Conflict } from '../../../ui/conflict.tsx';
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

export const ConflictDialog = ({ mine, theirs, ...rest }: ConflictDialogProps) => (
  <Conflict
    {...rest}
    what="entrypoint"
    savedOn={theirs.entrypoint.snapshotCreatedOn}
    note="The version that was saved meanwhile stays among the versions, whichever you choose."
  >
    <Differences
      before={{ title: 'Saved meanwhile', ...comparedOf(formOf(theirs.entrypoint)) }}
      after={{ title: 'Yours', ...comparedOf(mine) }}
    />
  </Conflict>
);
