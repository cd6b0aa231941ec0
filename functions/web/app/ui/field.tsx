import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import './field.css';

interface Described {
  readonly label: string;
  /** What it is for, or what it may hold. */
  readonly hint?: ReactNode;
  /** What is wrong with it, and what to do. */
  readonly error?: string | undefined;
  /** The label is for screen readers only, where the place says enough. */
  readonly labelHidden?: boolean;
}

interface Frame extends Described {
  readonly children: (aria: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** Label, hint and error of any control, tied to it. */
export function Field({ label, hint, error, labelHidden = false, children }: Frame) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`];
  const ids = described.filter((each) => each !== false).join(' ');
  return (
    <div className="field">
      <label htmlFor={id} className={labelHidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': ids === '' ? undefined : ids,
        'aria-invalid': error === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
      {error !== undefined && (
        <div id={`${id}-error`} role="alert" className="field-error">
          {error}
        </div>
      )}
    </div>
  );
}

const parts = <Props extends Described>({ label, hint, error, labelHidden, ...rest }: Props) => ({
  frame: {
    label,
    error,
    ...(hint !== undefined && { hint }),
    ...(labelHidden !== undefined && { labelHidden }),
  },
  rest,
});

export function TextField(props: Described & InputHTMLAttributes<HTMLInputElement>) {
  const { frame, rest } = parts(props);
  return <Field {...frame}>{(aria) => <input type="text" {...rest} {...aria} />}</Field>;
}

export function TextArea(props: Described & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { frame, rest } = parts(props);
  return <Field {...frame}>{(aria) => <textarea rows={3} {...rest} {...aria} />}</Field>;
}

/** Its children are `<option>`s. */
export function SelectField(props: Described & SelectHTMLAttributes<HTMLSelectElement>) {
  const { frame, rest } = parts(props);
  return <Field {...frame}>{(aria) => <select {...rest} {...aria} />}</Field>;
}

export function Checkbox({
  label,
  ...rest
}: { readonly label: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="checkbox">
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}
