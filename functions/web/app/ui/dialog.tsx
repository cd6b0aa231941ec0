import { type ReactNode, useEffect, useId, useRef } from 'react';
import { Button } from './button.tsx';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  /** Escape, the cross, and a click beside it. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
  /** A click beside it does not close it: for what is not shown again. */
  readonly stays?: boolean;
}

/** What is filled in comes before the cross. */
const focusFirstField = (dialog: HTMLDialogElement | null): void =>
  dialog
    ?.querySelector<HTMLElement>('form :is(input, select, textarea):not(:disabled)')
    ?.focus({ preventScroll: true });

/** The browser's own modal dialog: it keeps the focus and gives it back. Its content lives while it is open. */
export function Dialog({ title, open, onClose, children, wide = false, stays }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A text that is marked from within to beyond the edge is no click beside it.
  const pressedBeside = useRef(false);
  useEffect(() => {
    if (!open) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    focusFirstField(dialog.current);
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does the same
    <dialog
      ref={dialog}
      className={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onClose={onClose}
      onPointerDown={(event) => {
        pressedBeside.current = event.target === dialog.current;
      }}
      onClick={(event) => {
        const isBeside = pressedBeside.current && event.target === dialog.current;
        if (isBeside && stays !== true) onClose();
      }}
    >
      {open && (
        <div className="dialog-body">
          <header>
            <h2 id={heading}>{title}</h2>
            <Button kind="quiet" onClick={onClose} aria-label="Close">
              ✕
            </Button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** What the button says and does: "Delete 3 runs". */
  readonly action: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  readonly danger?: boolean;
  /** What will happen, and whether it can be undone. */
  readonly children: ReactNode;
}

/** Asks before something is done. */
export function Confirm({ action, onConfirm, busy, danger = false, ...rest }: ConfirmProps) {
  const { children, ...dialog } = rest;
  return (
    <Dialog {...dialog}>
      <div className="stack">
        {children}
        <div className="row">
          <Button kind={danger ? 'danger' : 'primary'} busy={busy ?? false} onClick={onConfirm}>
            {action}
          </Button>
          <Button onClick={dialog.onClose}>Keep it as it is</Button>
        </div>
      </div>
    </Dialog>
  );
}
