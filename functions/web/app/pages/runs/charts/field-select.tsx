import { SelectField } from '../../../ui/field.tsx';
import type { RunField } from './fields.ts';

interface FieldSelectProps {
  readonly label: string;
  readonly fields: readonly RunField[];
  readonly value: string;
  readonly onValue: (id: string) => void;
  /** What nothing stands for, where that may be chosen. */
  readonly none?: string;
}

/** To choose a param or a metric. */
export function FieldSelect({ label, fields, value, onValue, none }: FieldSelectProps) {
  const groups = [
    ['Metrics', fields.filter(({ kind }) => kind === 'metric')],
    ['Params', fields.filter(({ kind }) => kind === 'param')],
  ] as const;
  return (
    <SelectField label={label} value={value} onChange={({ target }) => onValue(target.value)}>
      {none !== undefined && <option value="">{none}</option>}
      {groups.map(
        ([title, some]) =>
          some.length > 0 && (
            <optgroup key={title} label={title}>
              {some.map(({ id, key }) => (
                <option key={id} value={id}>
                  {key}
                </option>
              ))}
            </optgroup>
          ),
      )}
    </SelectField>
  );
}
