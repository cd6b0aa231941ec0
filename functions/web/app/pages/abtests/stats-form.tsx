import { Checkbox, SelectField, TextField } from '../../ui/field.tsx';
import type { Doc } from './metric.ts';
import { statsOf } from './model.ts';
import { Part } from './part.tsx';

interface StatsFormProps {
  readonly config: Doc | null;
  readonly onChange: (config: Doc) => void;
  readonly disabled?: boolean;
  /** Keys that others may be compared with. */
  readonly variants?: readonly string[];
}

const recordOf = (value: unknown): Doc =>
  typeof value === 'object' && value !== null ? (value as Doc) : {};

const LEVELS = [0.8, 0.9, 0.95, 0.99];

/** The statistical method and its numbers; what the API keeps beside them stays. */
export function StatsForm({ config, onChange, disabled, variants = [] }: StatsFormProps) {
  const stats = statsOf({ stats_config: config });
  const with_ = (name: string, members: object): void =>
    onChange({ ...config, [name]: { ...recordOf(config?.[name]), ...members } });
  const levels = LEVELS.some((level) => Math.abs(level - stats.confidence) < 1e-9)
    ? LEVELS
    : [...LEVELS, Number(stats.confidence.toFixed(6))].sort();
  const isBayesian = stats.method === 'bayesian';
  return (
    <Part title="Statistics" disabled={disabled}>
      <div className="row">
        <SelectField
          label="Method"
          value={stats.method}
          onChange={({ target }) => onChange({ ...config, method: target.value })}
        >
          <option value="bayesian">Bayesian: chance to win</option>
          <option value="frequentist">Frequentist: p-value</option>
        </SelectField>
        <SelectField
          label={isBayesian ? 'Level of the credible interval' : 'Confidence level'}
          value={Number(stats.confidence.toFixed(6))}
          onChange={({ target }) =>
            isBayesian
              ? with_('bayesian', { ci_level: Number(target.value) })
              : with_('frequentist', { alpha: Number((1 - Number(target.value)).toFixed(12)) })
          }
        >
          {levels.map((level) => (
            <option key={level} value={level}>
              {Number((level * 100).toFixed(4))}%
            </option>
          ))}
        </SelectField>
        <SelectField
          label="Differences are shown"
          value={stats.absolute ? 'absolute' : 'relative'}
          onChange={({ target }) => with_(stats.method, { difference_type: target.value })}
        >
          <option value="relative">relative to the baseline</option>
          <option value="absolute">in units of the metric</option>
        </SelectField>
        {variants.length > 0 && (
          <SelectField
            label="Compared with"
            value={stats.baseline}
            onChange={({ target }) => onChange({ ...config, baseline_variant_key: target.value })}
          >
            {variants.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </SelectField>
        )}
      </div>
      {!isBayesian && (
        <Checkbox
          label="Sequential testing: you may look at any time and stop when it is significant"
          checked={stats.sequential}
          onChange={({ target }) =>
            with_('frequentist', { sequential_testing_enabled: target.checked })
          }
        />
      )}
      {stats.sequential && (
        <TextField
          label="People at which the intervals shall be tightest"
          type="number"
          min={1}
          step={1}
          value={stats.tuning}
          onChange={({ target }) =>
            with_('frequentist', { sequential_tuning_parameter: Number(target.value) })
          }
        />
      )}
      <Checkbox
        label="CUPED: use what people did before they took part, for narrower intervals"
        checked={stats.cuped}
        onChange={({ target }) => with_('cuped', { enabled: target.checked })}
      />
      {stats.cuped && (
        <TextField
          label="Days before that count"
          type="number"
          min={1}
          max={30}
          step={1}
          value={stats.lookbackDays}
          onChange={({ target }) => with_('cuped', { lookback_days: Number(target.value) })}
        />
      )}
    </Part>
  );
}
