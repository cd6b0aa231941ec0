import type { ButtonHTMLAttributes } from 'react';
import './button.css';

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'quiet';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: ButtonKind;
  /** While something is under way: no second click, and screen readers are told. */
  readonly busy?: boolean;
}

/** Links that look like a button take it, too. */
export const buttonClass = (kind: ButtonKind = 'plain'): string => `button ${kind}`;

export function Button({ kind = 'plain', busy = false, className, ...rest }: ButtonProps) {
  const classes = className === undefined ? buttonClass(kind) : `${buttonClass(kind)} ${className}`;
  return (
    <button
      type="button"
      {...rest}
      className={classes}
      aria-busy={busy || undefined}
      disabled={rest.disabled === true || busy}
    />
  );
}
