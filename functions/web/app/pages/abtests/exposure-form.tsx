import { Checkbox, SelectField, TextField } from '../../ui/field.tsx';
import type { Doc } from './metric.ts';
import { Part } from './part.tsx';

interface ExposureFormProps {
  readonly criteria: Doc | null;
  readonly onChange: (criteria: Doc) => void;
  /** Id of a list of names of events. */
  readonly suggestions: string;
  readonly disabled?: boolean;
}

const eventOf = (criteria: Doc | null): string | undefined => {
  const config = criteria?.exposure_config;
  if (typeof config !== 'object' || config === null) return undefined;
  const { event } = config as { event?: unknown };
  return typeof event === 'string' ? event : '';
};

/** Who counts as taking part. */
export function ExposureForm({ criteria, onChange, suggestions, disabled }: ExposureFormProps) {
  const event = eventOf(criteria);
  const { exposure_config: _, ...rest } = criteria ?? {};
  return (
    <Part title="Who takes part" disabled={disabled}>
      <div className="row">
        <SelectField
          label="Somebody takes part by"
          value={event === undefined ? 'flag' : 'event'}
          onChange={({ target }) =>
            onChange(
              target.value === 'flag'
                ? rest
                : {
                    ...rest,
                    exposure_config: {
                      kind: 'ExperimentEventExposureConfig',
                      event: '',
                      properties: [],
                    },
                  },
            )
          }
        >
          <option value="flag">being asked for the flag ($feature_flag_called)</option>
          <option value="event">another event, with $feature/… in its properties</option>
        </SelectField>
        {event !== undefined && (
          <TextField
            label="Event of exposure"
            required
            maxLength={400}
            spellCheck={false}
            list={suggestions}
            value={event}
            onChange={({ target }) =>
              onChange({
                ...rest,
                exposure_config: {
                  properties: [],
                  ...(criteria?.exposure_config as object),
                  kind: 'ExperimentEventExposureConfig',
                  event: target.value,
                },
              })
            }
          />
        )}
        <SelectField
          label="People who saw several variants"
          value={criteria?.multiple_variant_handling === 'first_seen' ? 'first_seen' : 'exclude'}
          onChange={({ target }) =>
            onChange({ ...criteria, multiple_variant_handling: target.value })
          }
        >
          <option value="exclude">are left out</option>
          <option value="first_seen">count for the first one</option>
        </SelectField>
      </div>
      <Checkbox
        label="Leave out test accounts, as the project settings tell them"
        checked={criteria?.filterTestAccounts === true}
        onChange={({ target }) => onChange({ ...criteria, filterTestAccounts: target.checked })}
      />
    </Part>
  );
}
