import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Copyable } from '../../ui/text.tsx';

interface ShownOnceProps {
  readonly title: string;
  /** What is shown; nothing while there is nothing to show. */
  readonly secret: string | undefined;
  readonly onClose: () => void;
  /** What the text gives to whoever has it. */
  readonly caution: string;
  readonly children?: ReactNode;
}

/** A text that is in one answer only: it lives as long as this dialog. */
export function ShownOnce({ title, secret, onClose, caution, children }: ShownOnceProps) {
  return (
    <Dialog title={title} open={secret !== undefined} onClose={onClose} wide stays>
      {secret !== undefined && (
        <div className="stack">
          <p className="caution">Copy it now: it is not shown again, to nobody. {caution}</p>
          <Copyable text={secret} />
          {children}
          <div>
            <Button kind="primary" onClick={onClose}>
              I have it
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
