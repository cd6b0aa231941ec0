import { SelectField, TextField } from '../../../ui/field.tsx';
import type { ChartsView } from './charts-view.ts';
import type { PlacedAxis } from './parallel-lines.tsx';

interface AxisFiltersProps {
  readonly axes: readonly PlacedAxis[];
  readonly kept: NonNullable<ChartsView['kept']>;
  readonly onKeep: (id: string, span: readonly [number, number] | undefined) => void;
}

/** What dragging along an axis does, by keys: what is kept of each. */
export const AxisFilters = ({ axes, kept, onKeep }: AxisFiltersProps) => (
  <details>
    <summary>What is kept of each axis</summary>
    <div className="axis-filters">
      {axes.map((placed) => (
        <AxisFilter
          key={placed.field.id}
          placed={placed}
          span={kept[placed.field.id]}
          onKeep={(span) => onKeep(placed.field.id, span)}
        />
      ))}
    </div>
  </details>
);

interface AxisFilterProps {
  readonly placed: PlacedAxis;
  readonly span: readonly [number, number] | undefined;
  readonly onKeep: (span: readonly [number, number] | undefined) => void;
}

const read = (text: string, otherwise: number): number =>
  text.trim() === '' || !Number.isFinite(Number(text)) ? otherwise : Number(text);

function AxisFilter({ placed: { field, axis }, span, onKeep }: AxisFilterProps) {
  if (axis.kind === 'words') {
    const chosen =
      span === undefined ? '' : axis.words.findIndex((_, at) => at >= span[0] && at <= span[1]);
    return (
      <SelectField
        label={field.key}
        value={chosen}
        onChange={({ target }) => {
          const at = Number(target.value);
          onKeep(target.value === '' ? undefined : [at - 0.5, at + 0.5]);
        }}
      >
        <option value="">All</option>
        {axis.words.map((word, at) => (
          <option key={word} value={at}>
            {word}
          </option>
        ))}
      </SelectField>
    );
  }
  const [low, high] = [axis.at(0), axis.at(1)];
  const change = (next: readonly [number, number]): void =>
    onKeep(next[0] <= low && next[1] >= high ? undefined : next[0] < next[1] ? next : span);
  return (
    <fieldset>
      <legend>{field.key}</legend>
      <TextField
        key={`from ${span?.[0]}`}
        label="From"
        inputMode="decimal"
        defaultValue={span?.[0] ?? ''}
        onBlur={({ target }) => change([read(target.value, low), span?.[1] ?? high])}
      />
      <TextField
        key={`to ${span?.[1]}`}
        label="To"
        inputMode="decimal"
        defaultValue={span?.[1] ?? ''}
        onBlur={({ target }) => change([span?.[0] ?? low, read(target.value, high)])}
      />
    </fieldset>
  );
}
