import { Button } from '../../ui/button.tsx';
import { Checkbox, SelectField, TextField } from '../../ui/field.tsx';
import { UNITS } from './metric-draft.ts';
import type { MetricFormProps } from './metric-form.tsx';
import { Part } from './part.tsx';
import { SourceForm } from './source-form.tsx';

const percentOf = (share: number | null | undefined): number | '' =>
  typeof share === 'number' ? Number((share * 100).toFixed(4)) : '';

export function MeanParts({ metric, onChange, suggestions }: MetricFormProps) {
  const bound = (name: 'lower_bound_percentile' | 'upper_bound_percentile', label: string) => (
    <TextField
      label={label}
      type="number"
      min={0}
      max={100}
      step="any"
      placeholder="none"
      value={percentOf(metric[name])}
      onChange={({ target }) =>
        onChange({
          ...metric,
          [name]: target.value === '' ? null : Math.min(100, Number(target.value)) / 100,
        })
      }
    />
  );
  return (
    <>
      <SourceForm
        title="What is counted"
        source={metric.source}
        onChange={(source) => onChange({ ...metric, source })}
        suggestions={suggestions}
      />
      <Part title="Outliers">
        <p className="quiet">
          Values of people below or above these percentiles are taken as if they were at them.
        </p>
        <div className="row">
          {bound('lower_bound_percentile', 'Lower bound, percentile')}
          {bound('upper_bound_percentile', 'Upper bound, percentile')}
        </div>
        <Checkbox
          label="Work the bounds out without zeros"
          checked={metric.ignore_zeros === true}
          onChange={({ target }) => onChange({ ...metric, ignore_zeros: target.checked })}
        />
      </Part>
    </>
  );
}

export function FunnelParts({ metric, onChange, suggestions }: MetricFormProps) {
  const series = metric.series ?? [];
  return (
    <>
      <p className="quiet">
        Taking part is the first step by itself; a person counts who then does all of these.
      </p>
      {series.map((source, at) => (
        <SourceForm
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name of their own
          key={at}
          title={`Step ${at + 1}`}
          source={source}
          plain
          suggestions={suggestions}
          onChange={(step) =>
            onChange({ ...metric, series: series.map((each, i) => (i === at ? step : each)) })
          }
          {...(series.length > 1 && {
            onRemove: () => onChange({ ...metric, series: series.filter((_, i) => i !== at) }),
          })}
        />
      ))}
      <div className="row">
        <Button
          disabled={series.length >= 50}
          onClick={() =>
            onChange({ ...metric, series: [...series, { kind: 'EventsNode', event: '' }] })
          }
        >
          Add a step
        </Button>
        <SelectField
          label="Order of the steps"
          value={metric.funnel_order_type ?? 'ordered'}
          onChange={({ target }) => onChange({ ...metric, funnel_order_type: target.value })}
        >
          <option value="ordered">in this order, others may lie between</option>
          <option value="unordered">in any order</option>
        </SelectField>
      </div>
    </>
  );
}

export function RatioParts({ metric, onChange, suggestions }: MetricFormProps) {
  return (
    <>
      <SourceForm
        title="Above the line"
        source={metric.numerator}
        suggestions={suggestions}
        onChange={(numerator) => onChange({ ...metric, numerator })}
      />
      <SourceForm
        title="Below the line"
        source={metric.denominator}
        suggestions={suggestions}
        onChange={(denominator) => onChange({ ...metric, denominator })}
      />
    </>
  );
}

export function RetentionParts({ metric, onChange, suggestions }: MetricFormProps) {
  const byExposure = metric.start_event?.kind === 'ExperimentExposureNode';
  return (
    <>
      <SelectField
        label="It begins with"
        value={byExposure ? 'exposure' : 'event'}
        onChange={({ target }) =>
          onChange({
            ...metric,
            start_event:
              target.value === 'exposure'
                ? { kind: 'ExperimentExposureNode' }
                : { kind: 'EventsNode', event: '' },
          })
        }
      >
        <option value="exposure">taking part</option>
        <option value="event">an event</option>
      </SelectField>
      {!byExposure && (
        <SourceForm
          title="First event"
          plain
          source={metric.start_event}
          suggestions={suggestions}
          onChange={(start_event) => onChange({ ...metric, start_event })}
        />
      )}
      <SourceForm
        title="Coming back"
        plain
        source={metric.completion_event}
        suggestions={suggestions}
        onChange={(completion_event) => onChange({ ...metric, completion_event })}
      />
      <RetentionWindow metric={metric} onChange={onChange} suggestions={suggestions} />
    </>
  );
}

function RetentionWindow({ metric, onChange }: MetricFormProps) {
  const whole = (name: 'retention_window_start' | 'retention_window_end', label: string) => (
    <TextField
      label={label}
      type="number"
      min={0}
      step={1}
      required
      value={metric[name] ?? 0}
      onChange={({ target }) =>
        onChange({ ...metric, [name]: Math.max(0, Math.trunc(Number(target.value))) })
      }
    />
  );
  return (
    <div className="row">
      {whole('retention_window_start', 'Comes back from')}
      {whole('retention_window_end', 'to')}
      <SelectField
        label="Unit"
        value={metric.retention_window_unit ?? 'day'}
        onChange={({ target }) => onChange({ ...metric, retention_window_unit: target.value })}
      >
        {UNITS.map((unit) => (
          <option key={unit}>{unit}</option>
        ))}
      </SelectField>
      <SelectField
        label="Where it begins several times"
        value={metric.start_handling ?? 'first_seen'}
        onChange={({ target }) => onChange({ ...metric, start_handling: target.value })}
      >
        <option value="first_seen">the first counts</option>
        <option value="last_seen">the last counts</option>
      </SelectField>
    </div>
  );
}
