import type { FormEvent, ReactNode } from 'react';
import { Button } from './button.tsx';

/** What a form does when it is sent; the page stays. */
export const submitting =
  (send: () => void) =>
  (event: FormEvent): void => {
    event.preventDefault();
    send();
  };

interface SubmitRowProps {
  /** What the button says and does: "Save". */
  readonly children: ReactNode;
  readonly busy: boolean;
  readonly disabled?: boolean;
  /** Why it is disabled. */
  readonly title?: string | undefined;
  readonly onCancel: () => void;
}

/** The end of a form in a dialog: to send it, or to leave all as it is. */
export const SubmitRow = ({ onCancel, ...button }: SubmitRowProps) => (
  <div className="row">
    <Button type="submit" kind="primary" {...button} />
    <Button onClick={onCancel}>Cancel</Button>
  </div>
);
