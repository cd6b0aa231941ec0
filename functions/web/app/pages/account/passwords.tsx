import { TextField } from '../../ui/field.tsx';

interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Of a password that is there already, or of one to be made up. */
  readonly kind: 'current-password' | 'new-password';
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly name?: string;
}

export const PasswordField = ({ kind, onChange, ...rest }: PasswordFieldProps) => (
  <TextField
    type="password"
    autoComplete={kind}
    required
    maxLength={1024}
    {...rest}
    onChange={({ target }) => onChange(target.value)}
  />
);

interface NewPasswordProps {
  readonly value: string;
  readonly again: string;
  readonly onChange: (value: string) => void;
  readonly onAgain: (value: string) => void;
  readonly label?: string;
}

export const differ = (value: string, again: string): boolean => again !== '' && value !== again;

/** A new password, twice. */
export const NewPassword = ({ value, again, onChange, onAgain, label }: NewPasswordProps) => (
  <>
    <PasswordField
      label={label ?? 'Password'}
      name="password"
      kind="new-password"
      value={value}
      onChange={onChange}
      hint="Whatever you like, 1 to 1,024 characters; a long sentence is better than a short riddle. Good for a year."
    />
    <PasswordField
      label={`${label ?? 'Password'}, once more`}
      name="again"
      kind="new-password"
      value={again}
      onChange={onAgain}
      error={differ(value, again) ? 'The two differ.' : undefined}
    />
  </>
);
