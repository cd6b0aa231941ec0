import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { SelectField } from '../../ui/field.tsx';
import { holdoutsQuery } from './queries.ts';

interface HoldoutFieldProps {
  readonly value: number | null;
  readonly onChange: (holdout: number | null) => void;
  readonly disabled?: boolean;
}

/** People whom the experiment shall not touch. */
export function HoldoutField({ value, onChange, disabled }: HoldoutFieldProps) {
  const group = useGroup();
  const holdouts = useQuery(holdoutsQuery(group));
  const known = holdouts.data?.results ?? [];
  return (
    <SelectField
      label="Holdout"
      hint={
        <>
          People whom no experiment with this holdout touches.{' '}
          <Link to="/$group/holdouts" params={{ group }}>
            Holdouts
          </Link>
        </>
      }
      disabled={disabled}
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? null : Number(target.value))}
    >
      <option value="">none</option>
      {value !== null && !known.some(({ id }) => id === value) && (
        <option value={value}>holdout {value}</option>
      )}
      {known.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
