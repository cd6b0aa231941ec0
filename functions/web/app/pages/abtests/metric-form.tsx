import { SelectField, TextField } from '../../ui/field.tsx';
import type { Metric } from './metric.ts';
import { draftOf, KINDS, UNITS } from './metric-draft.ts';
import { FunnelParts, MeanParts, RatioParts, RetentionParts } from './metric-parts.tsx';

export interface MetricFormProps {
  readonly metric: Metric;
  readonly onChange: (metric: Metric) => void;
  /** Id of a list of names of events. */
  readonly suggestions: string;
}

/** All that a metric may say, by its kind. */
export function MetricForm(props: MetricFormProps) {
  const { metric, onChange } = props;
  const kind = metric.metric_type;
  return (
    <div className="stack">
      <div className="grid">
        <TextField
          label="Name of the metric"
          hint="Without one it is called by what it counts."
          maxLength={400}
          value={metric.name ?? ''}
          onChange={({ target }) => onChange({ ...metric, name: target.value })}
        />
        <SelectField
          label="Kind"
          value={kind}
          onChange={({ target }) => {
            const next = KINDS.find(([name]) => name === target.value)?.[0];
            if (next !== undefined) onChange(draftOf(next, metric));
          }}
        >
          {KINDS.map(([name, text]) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Better is"
          value={metric.goal ?? 'increase'}
          onChange={({ target }) =>
            onChange({ ...metric, goal: target.value === 'decrease' ? 'decrease' : 'increase' })
          }
        >
          <option value="increase">more</option>
          <option value="decrease">less</option>
        </SelectField>
      </div>
      {kind === 'mean' && <MeanParts {...props} />}
      {kind === 'funnel' && <FunnelParts {...props} />}
      {kind === 'ratio' && <RatioParts {...props} />}
      {kind === 'retention' && <RetentionParts {...props} />}
      <Window {...props} />
    </div>
  );
}

/** How long after the first exposure events count. */
function Window({ metric, onChange }: MetricFormProps) {
  const window = metric.conversion_window;
  return (
    <div className="row metric-window">
      <TextField
        label="Conversion window"
        type="number"
        min={1}
        step={1}
        placeholder="without end"
        hint="Events count so long after somebody took part first; empty: as long as the experiment lasts."
        value={window ?? ''}
        onChange={({ target }) => {
          const { conversion_window: _, conversion_window_unit: unit, ...rest } = metric;
          onChange(
            target.value === ''
              ? rest
              : {
                  ...rest,
                  conversion_window: Math.max(1, Math.trunc(Number(target.value))),
                  conversion_window_unit: unit ?? 'day',
                },
          );
        }}
      />
      {window !== undefined && window !== null && (
        <SelectField
          label="Unit"
          value={metric.conversion_window_unit ?? 'day'}
          onChange={({ target }) => onChange({ ...metric, conversion_window_unit: target.value })}
        >
          {UNITS.map((unit) => (
            <option key={unit}>{unit}</option>
          ))}
        </SelectField>
      )}
    </div>
  );
}
