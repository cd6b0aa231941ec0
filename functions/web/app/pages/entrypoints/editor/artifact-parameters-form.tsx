import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../../data/use-group.ts';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { TypeSelect } from '../../plugins/type-select.tsx';
import { typesQuery } from '../../plugins/types-query.ts';
import { type ArtifactParameterRow, newKey, type OutputRow } from './form.ts';
import type { FormFaults } from './form-faults.ts';
import { moved, RowButtons } from './parameters-form.tsx';

interface ArtifactParametersFormProps {
  readonly rows: readonly ArtifactParameterRow[];
  readonly faults: FormFaults;
  readonly onChange: (rows: readonly ArtifactParameterRow[]) => void;
}

/** Artifacts of earlier jobs that a job is given. */
export function ArtifactParametersForm({ rows, faults, onChange }: ArtifactParametersFormProps) {
  const replace = (key: string, change: Partial<ArtifactParameterRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <div className="stack">
      {rows.length > 0 && (
        <ol className="entry-rows">
          {rows.map((row, index) => (
            <li key={row.key}>
              <div className="stack">
                <TextField
                  label="Artifact parameter"
                  value={row.name}
                  spellCheck={false}
                  error={faults[row.key]}
                  onChange={({ target }) => replace(row.key, { name: target.value })}
                />
                <OutputsForm
                  rows={row.outputParams}
                  faults={faults}
                  onChange={(outputParams) => replace(row.key, { outputParams })}
                />
              </div>
              <RowButtons
                name={row.name === '' ? `artifact parameter ${index + 1}` : row.name}
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
              {
                key: newKey(),
                name: '',
                outputParams: [{ key: newKey(), name: '', parameterType: 0 }],
              },
            ])
          }
        >
          Add an artifact parameter
        </Button>
      </div>
    </div>
  );
}

interface OutputsFormProps {
  readonly rows: readonly OutputRow[];
  readonly faults: FormFaults;
  readonly onChange: (rows: readonly OutputRow[]) => void;
}

function OutputsForm({ rows, faults, onChange }: OutputsFormProps) {
  const types = useQuery(typesQuery(useGroup()));
  const replace = (key: string, change: Partial<OutputRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <fieldset className="entry-outputs">
      <legend>Its outputs</legend>
      {rows.map((row) => (
        <div key={row.key} className="entry-fields">
          <TextField
            label="Output"
            value={row.name}
            spellCheck={false}
            error={faults[row.key]}
            onChange={({ target }) => replace(row.key, { name: target.value })}
          />
          <TypeSelect
            types={types.data ?? []}
            value={row.parameterType}
            onChange={(parameterType) => replace(row.key, { parameterType })}
          />
          <Button
            kind="quiet"
            aria-label={`Remove output ${row.name}`}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            Remove
          </Button>
        </div>
      ))}
      <Button
        kind="quiet"
        onClick={() => onChange([...rows, { key: newKey(), name: '', parameterType: 0 }])}
      >
        Add an output
      </Button>
    </fieldset>
  );
}
