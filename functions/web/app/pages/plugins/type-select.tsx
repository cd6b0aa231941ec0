import { SelectField } from '../../ui/field.tsx';

interface TypeSelectProps {
  readonly types: readonly { readonly id: number; readonly name: string }[];
  /** The id of the type; 0 while none is chosen. */
  readonly value: number;
  readonly onChange: (id: number) => void;
  readonly label?: string;
}

/** Chooses the type of an input or output. */
export const TypeSelect = ({ types, value, onChange, label = 'Type' }: TypeSelectProps) => (
  <SelectField
    label={label}
    value={value}
    onChange={({ target }) => onChange(Number(target.value))}
  >
    <option value={0}>Choose …</option>
    {value !== 0 && !types.some(({ id }) => id === value) && (
      <option value={value}>{`type ${value} (deleted)`}</option>
    )}
    {types.map(({ id, name }) => (
      <option key={id} value={id}>
        {name}
      </option>
    ))}
  </SelectField>
);
