import { dayOf } from '../../data/format.ts';
import { TextField } from '../../ui/field.tsx';

interface DaysFieldProps {
  readonly value: number;
  readonly most: number;
  readonly onChange: (days: number) => void;
}

/** How long something is good, and until when that is. */
export const DaysField = ({ value, most, onChange }: DaysFieldProps) => (
  <TextField
    label="Good for how many days"
    type="number"
    required
    min={1}
    max={most}
    step={1}
    value={Number.isNaN(value) ? '' : value}
    onChange={({ target }) => onChange(target.valueAsNumber)}
    hint={
      value >= 1 && value <= most
        ? `Until ${dayOf(Date.now() + value * 86_400_000)}.`
        : `1 to ${most}.`
    }
  />
);
