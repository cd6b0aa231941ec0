import { Button } from '../../../ui/button.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { newKey, PARAMETER_TYPES, type ParameterRow, type ParameterType } from './form.ts';
import type { FormFaults } from './form-faults.ts';

interface ParametersFormProps {
  readonly rows: readonly ParameterRow[];
  readonly faults: FormFaults;
  readonly onChange: (rows: readonly ParameterRow[]) => void;
}

/** A list with two neighbours in each other's place. */
export function moved<T>(rows: readonly T[], from: number, to: number): readonly T[] {
  const rest = rows.filter((_row, index) => index !== from);
  const row = rows[from];
  return row === undefined || to < 0 || to > rest.length
    ? rows
    : [...rest.slice(0, to), row, ...rest.slice(to)];
}

/** What is asked for when a job is submitted. */
export function ParametersForm({ rows, faults, onChange }: ParametersFormProps) {
  const replace = (key: string, change: Partial<ParameterRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <div className="stack">
      {rows.length === 0 && (
        <p className="quiet">None. A graph refers to a parameter as $its_name.</p>
      )}
      {rows.length > 0 && (
        <ol className="entry-rows">
          {rows.map((row, index) => (
            <li key={row.key}>
              <ParameterFields
                row={row}
                fault={faults[row.key]}
                onChange={(change) => replace(row.key, change)}
              />
              <RowButtons
                name={row.name === '' ? `parameter ${index + 1}` : row.name}
                first={index === 0}
                last={index === rows.length - 1}
                onMove={(by) => onChange(moved(rows, index, index + by))}
                onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
              />
            </li>
          ))}
        </ol>
      )}
      <div>
        <Button
          onClick={() =>
            onChange([
              ...rows,
              { key: newKey(), name: '', parameterType: 'string', defaultValue: null },
            ])
          }
        >
          Add a parameter
        </Button>
      </div>
    </div>
  );
}

interface ParameterFieldsProps {
  readonly row: ParameterRow;
  readonly fault: string | undefined;
  readonly onChange: (change: Partial<ParameterRow>) => void;
}

const HINTS: Readonly<Record<ParameterType, string>> = {
  string: 'none: must be given',
  float: '0.5',
  integer: '10',
  boolean: 'true or false',
  list: '[1, 2]',
  mapping: '{"a": 1}',
};

function ParameterFields({ row, fault, onChange }: ParameterFieldsProps) {
  const { name, parameterType, defaultValue } = row;
  return (
    <div className="entry-fields">
      <TextField
        label="Name"
        value={name}
        spellCheck={false}
        error={fault}
        onChange={({ target }) => onChange({ name: target.value })}
      />
      <SelectField
        label="Type"
        value={parameterType}
        onChange={({ target }) =>
          onChange({
            parameterType: PARAMETER_TYPES.find((type) => type === target.value) ?? 'string',
          })
        }
      >
        {PARAMETER_TYPES.map((type) => (
          <option key={type}>{type}</option>
        ))}
      </SelectField>
      <TextField
        label="Default"
        value={defaultValue ?? ''}
        spellCheck={false}
        placeholder={HINTS[parameterType]}
        onChange={({ target }) =>
          onChange({ defaultValue: target.value === '' ? null : target.value })
        }
      />
    </div>
  );
}

interface RowButtonsProps {
  readonly name: string;
  readonly first: boolean;
  readonly last: boolean;
  readonly onMove: (by: number) => void;
  readonly onRemove: () => void;
}

export function RowButtons({ name, first, last, onMove, onRemove }: RowButtonsProps) {
  return (
    <span className="row">
      <Button
        kind="quiet"
        disabled={first}
        aria-label={`Move ${name} up`}
        onClick={() => onMove(-1)}
      >
        ↑
      </Button>
      <Button
        kind="quiet"
        disabled={last}
        aria-label={`Move ${name} down`}
        onClick={() => onMove(1)}
      >
        ↓
      </Button>
      <Button kind="quiet" aria-label={`Remove ${name}`} onClick={onRemove}>
        Remove
      </Button>
    </span>
  );
}
