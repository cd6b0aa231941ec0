import { useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { submitting } from '../../../ui/form.tsx';
import type { XAxis } from './charts-view.ts';
import type { Range } from './series-data.ts';

interface RangeFieldsProps {
  readonly x: XAxis;
  /** In the unit of the axis: steps, or seconds. */
  readonly onRange: (range: Range | undefined) => void;
}

const UNITS: Readonly<Record<XAxis, string>> = {
  step: 'step',
  relative: 'second',
  time: 'time',
};

/** A number of the axis; of wall time what a date field gives, in the zone of whoever looks. */
const read = (text: string, x: XAxis): number =>
  x === 'time' ? new Date(text).getTime() / 1000 : text.trim() === '' ? Number.NaN : Number(text);

/** What drawing a range over the chart does, by keys. */
export function RangeFields({ x, onRange }: RangeFieldsProps) {
  const [ends, setEnds] = useState<readonly [string, string]>(['', '']);
  const [from, to] = [read(ends[0], x), read(ends[1], x)];
  const isRange = from < to;
  const submit = submitting(() => {
    if (isRange) onRange({ from, to });
  });
  const type = x === 'time' ? 'datetime-local' : 'number';
  return (
    <form className="row range-fields" onSubmit={submit}>
      <TextField
        label={`From ${UNITS[x]}`}
        type={type}
        step="any"
        value={ends[0]}
        onChange={({ target }) => setEnds([target.value, ends[1]])}
      />
      <TextField
        label={`To ${UNITS[x]}`}
        type={type}
        step="any"
        value={ends[1]}
        onChange={({ target }) => setEnds([ends[0], target.value])}
      />
      <Button
        type="submit"
        disabled={!isRange}
        title={isRange ? undefined : 'From must be less than to'}
      >
        Show this part
      </Button>
    </form>
  );
}
