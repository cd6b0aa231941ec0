import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Checkbox, TextField } from '../../../ui/field.tsx';
import { Menu } from '../../../ui/menu.tsx';
import { titleOf } from './run-cells.tsx';
import { type ColumnsKnown, columnOf } from './run-columns.ts';

interface ColumnPickerProps {
  readonly known: ColumnsKnown;
  readonly shown: readonly string[];
  /** Nothing: those that are shown while nobody chose. */
  readonly onChange: (shown: readonly string[] | undefined) => void;
}

const KINDS = [
  ['attributes', 'Of the run'],
  ['metrics', 'Metrics'],
  ['params', 'Params'],
  ['tags', 'Tags'],
] as const;
/** More boxes at once help nobody: whoever has so many types a part of the name. */
const MOST_SHOWN = 100;

const nameOf = (id: string): string => {
  const column = columnOf(id);
  return column === undefined ? id : column.kind === 'attribute' ? titleOf(column) : column.key;
};

/** Which columns the table has: those that the loaded runs have something for. */
export function ColumnPicker({ known, shown, onChange }: ColumnPickerProps) {
  const [part, setPart] = useState('');
  const wanted = part.toLowerCase();
  const toggle = (id: string): void =>
    onChange(shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id]);
  return (
    <Menu label={`Columns (${shown.length})`} stays>
      <div className="column-picker">
        <TextField
          label="Find a column"
          labelHidden
          placeholder="Part of a name"
          value={part}
          onChange={({ target }) => setPart(target.value)}
        />
        {KINDS.map(([kind, title]) => (
          <Kind
            key={kind}
            title={title}
            ids={known[kind].filter((id) => nameOf(id).toLowerCase().includes(wanted))}
            shown={shown}
            onToggle={toggle}
            onSet={onChange}
          />
        ))}
        <Button kind="quiet" onClick={() => onChange(undefined)}>
          Back to the usual ones
        </Button>
      </div>
    </Menu>
  );
}

interface KindProps {
  readonly title: string;
  readonly ids: readonly string[];
  readonly shown: readonly string[];
  readonly onToggle: (id: string) => void;
  readonly onSet: (shown: readonly string[]) => void;
}

function Kind({ title, ids, shown, onToggle, onSet }: KindProps) {
  if (ids.length === 0) return null;
  const others = shown.filter((id) => !ids.includes(id));
  const all = ids.every((id) => shown.includes(id));
  return (
    <fieldset>
      <legend>
        {title}{' '}
        <Button kind="quiet" onClick={() => onSet(all ? others : [...others, ...ids])}>
          {all ? 'none' : 'all'}
        </Button>
      </legend>
      {ids.slice(0, MOST_SHOWN).map((id) => (
        <Checkbox
          key={id}
          label={<bdi>{nameOf(id)}</bdi>}
          checked={shown.includes(id)}
          onChange={() => onToggle(id)}
        />
      ))}
      {ids.length > MOST_SHOWN && (
        <p className="quiet">{ids.length - MOST_SHOWN} more: type a part of the name.</p>
      )}
    </fieldset>
  );
}
