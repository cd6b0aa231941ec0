import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { PropertyFilters } from '../flags/property-filters.tsx';
import type { Source } from './metric.ts';
import { emptySource, MATH, needsProperty } from './metric-draft.ts';
import { Part } from './part.tsx';

/** Filters by properties of persons are stored, but no result is worked out with them. */
const OF_EVENTS = [{ value: 'event', text: 'event' }] as const;

/** Those that results can be worked out with. */
const COMPUTED =
  'exact is_not icontains not_icontains regex not_regex gt gte lt lte is_set is_not_set is_date_after is_date_before'.split(
    ' ',
  );

interface SourceFormProps {
  readonly title: string;
  readonly source: Source | undefined;
  readonly onChange: (source: Source) => void;
  readonly suggestions: string;
  /** Only whether it happened counts. */
  readonly plain?: boolean;
  readonly onRemove?: () => void;
}

/** Which events count, and what of them. */
export function SourceForm(props: SourceFormProps) {
  const { title, source = emptySource(), onChange, suggestions, plain, onRemove } = props;
  return (
    <Part title={title}>
      <div className="row">
        <TextField
          label="Event"
          list={suggestions}
          required
          maxLength={400}
          spellCheck={false}
          value={source.event ?? ''}
          onChange={({ target }) => onChange({ ...source, event: target.value })}
        />
        {plain !== true && <MathFields source={source} onChange={onChange} />}
        {onRemove !== undefined && (
          <Button kind="quiet" onClick={onRemove} aria-label={`Remove: ${title}`}>
            ✕
          </Button>
        )}
      </div>
      <PropertyFilters
        filters={source.properties ?? []}
        kinds={OF_EVENTS}
        operators={COMPUTED}
        onChange={(properties) => onChange({ ...source, properties })}
      />
    </Part>
  );
}

function MathFields({ source, onChange }: Pick<SourceFormProps, 'onChange'> & { source: Source }) {
  return (
    <>
      <SelectField
        label="What is taken of it"
        value={source.math ?? 'total'}
        onChange={({ target }) => onChange({ ...source, math: target.value })}
      >
        {MATH.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </SelectField>
      {needsProperty(source) && (
        <TextField
          label="Property"
          required
          maxLength={400}
          spellCheck={false}
          value={source.math_property ?? ''}
          onChange={({ target }) => onChange({ ...source, math_property: target.value })}
        />
      )}
    </>
  );
}
