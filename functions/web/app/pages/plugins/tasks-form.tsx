import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox, TextField } from '../../ui/field.tsx';
import { newKey, type ParamRow, type TaskRow } from './tasks.ts';
import { TypeSelect } from './type-select.tsx';
import { typesQuery } from './types-query.ts';

type Faults = Readonly<Record<string, string>>;

interface TasksFormProps {
  readonly rows: readonly TaskRow[];
  readonly faults: Faults;
  readonly onChange: (rows: readonly TaskRow[]) => void;
}

/** The tasks that a file offers: their names, and the types of what they take and give. */
export function TasksForm({ rows, faults, onChange }: TasksFormProps) {
  const add = (kind: TaskRow['kind']): void =>
    onChange([...rows, { key: newKey(), kind, name: '', inputs: [], outputs: [] }]);
  return (
    <div className="stack">
      {rows.length === 0 && (
        <p className="quiet">None yet: entrypoints can call only what is registered here.</p>
      )}
      {rows.map((row) => (
        <TaskFields
          key={row.key}
          row={row}
          faults={faults}
          onChange={(change) =>
            onChange(rows.map((each) => (each.key === row.key ? { ...each, ...change } : each)))
          }
          onRemove={() => onChange(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
      <div className="row">
        <Button onClick={() => add('function')}>Add a function task</Button>
        <Button onClick={() => add('artifact')}>Add an artifact task</Button>
      </div>
    </div>
  );
}

interface TaskFieldsProps {
  readonly row: TaskRow;
  readonly faults: Faults;
  readonly onChange: (change: Partial<TaskRow>) => void;
  readonly onRemove: () => void;
}

function TaskFields({ row, faults, onChange, onRemove }: TaskFieldsProps) {
  return (
    <fieldset className="plugin-task">
      <legend>
        {row.kind === 'function' ? 'Function task' : 'Artifact task'} <bdi>{row.name}</bdi>
      </legend>
      <div className="plugin-fields">
        <TextField
          label={row.kind === 'function' ? 'Name of the function' : 'Name of the class'}
          value={row.name}
          spellCheck={false}
          error={faults[row.key]}
          onChange={({ target }) => onChange({ name: target.value })}
        />
        <Button kind="quiet" aria-label={`Remove task ${row.name}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
      {row.kind === 'function' && (
        <Params
          what="input"
          rows={row.inputs}
          faults={faults}
          onChange={(inputs) => onChange({ inputs })}
        />
      )}
      <Params
        what="output"
        rows={row.outputs}
        faults={faults}
        onChange={(outputs) => onChange({ outputs })}
      />
    </fieldset>
  );
}

interface ParamsProps {
  readonly what: 'input' | 'output';
  readonly rows: readonly ParamRow[];
  readonly faults: Faults;
  readonly onChange: (rows: readonly ParamRow[]) => void;
}

function Params({ what, rows, faults, onChange }: ParamsProps) {
  const types = useQuery(typesQuery(useGroup()));
  const replace = (key: string, change: Partial<ParamRow>): void =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)));
  return (
    <div className="plugin-params">
      {rows.map((row) => (
        <div key={row.key} className="plugin-fields">
          <TextField
            label={what === 'input' ? 'Input' : 'Output'}
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
          {what === 'input' && (
            <Checkbox
              label="Required"
              checked={row.required}
              onChange={({ target }) => replace(row.key, { required: target.checked })}
            />
          )}
          <Button
            kind="quiet"
            aria-label={`Remove ${what} ${row.name}`}
            onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div>
        <Button
          kind="quiet"
          onClick={() =>
            onChange([...rows, { key: newKey(), name: '', parameterType: 0, required: true }])
          }
        >
          {what === 'input' ? 'Add an input' : 'Add an output'}
        </Button>
      </div>
    </div>
  );
}
