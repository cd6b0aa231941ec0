import { useQuery } from '@tanstack/react-query';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { Part } from '../abtests/part.tsx';
import type { FlagDraft } from './draft.ts';
import type { Condition } from './filters.ts';
import type { FlagFormProps } from './flag-form.tsx';
import { PropertyFilters } from './property-filters.tsx';
import { groupTypesQuery } from './queries.ts';

/** Whom the flag is for: the first set that fits decides. */
export function ConditionsForm({ draft, change, disabled = false }: FlagFormProps) {
  const { conditions } = draft;
  const set = (next: readonly Condition[]): void => change({ conditions: next });
  return (
    <Card title="Release conditions">
      <p className="quiet">
        The sets are asked in their order: whoever fits one, and is in its share, has the flag. With
        no set it is for nobody.
      </p>
      {conditions.map((condition, at) => (
        <ConditionSet
          // biome-ignore lint/suspicious/noArrayIndexKey: sets have no name of their own
          key={at}
          at={at}
          condition={condition}
          draft={draft}
          disabled={disabled}
          onChange={(next) => set(conditions.map((each, i) => (i === at ? next : each)))}
          onRemove={() => set(conditions.filter((_, i) => i !== at))}
          {...(at > 0 && {
            onUp: () =>
              set(
                conditions.map((each, i) =>
                  i === at - 1 ? condition : i === at ? (conditions[at - 1] ?? each) : each,
                ),
              ),
          })}
        />
      ))}
      <div className="row">
        <Button
          disabled={disabled || conditions.length >= 100}
          onClick={() => set([...conditions, { properties: [], rollout_percentage: 100 }])}
        >
          Add a set
        </Button>
      </div>
    </Card>
  );
}

interface SetProps {
  readonly at: number;
  readonly condition: Condition;
  readonly draft: FlagDraft;
  readonly disabled: boolean;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
  readonly onUp?: () => void;
}

function ConditionSet(props: SetProps) {
  const { at, condition, draft, disabled, onChange, onRemove, onUp } = props;
  const types = useQuery(groupTypesQuery(useGroup()));
  const kinds = [
    { value: 'person', text: 'person' },
    ...(types.data ?? []).map(({ group_type: text, group_type_index: index }) => ({
      value: `group:${index}`,
      text,
    })),
    { value: 'flag', text: 'flag' },
    { value: 'cohort', text: 'cohort' },
  ];
  return (
    <Part title={`Set ${at + 1}`} disabled={disabled}>
      <PropertyFilters
        filters={condition.properties ?? []}
        kinds={kinds}
        disabled={disabled}
        onChange={(properties) => onChange({ ...condition, properties })}
      />
      {(condition.properties ?? []).length === 0 && (
        <p className="quiet">No condition: everybody fits.</p>
      )}
      <div className="row">
        <TextField
          label="Share of those who fit, in %"
          type="number"
          min={0}
          max={100}
          step="any"
          value={condition.rollout_percentage ?? 100}
          onChange={({ target }) =>
            onChange({ ...condition, rollout_percentage: Number(target.value) })
          }
        />
        {draft.variants.length > 0 && (
          <SelectField
            label="Variant"
            value={condition.variant ?? ''}
            onChange={({ target }) =>
              onChange({ ...condition, variant: target.value === '' ? null : target.value })
            }
          >
            <option value="">by the split</option>
            {draft.variants.map(({ key }) => (
              <option key={key} value={key}>
                always {key}
              </option>
            ))}
          </SelectField>
        )}
        {onUp !== undefined && (
          <Button
            kind="quiet"
            disabled={disabled}
            onClick={onUp}
            aria-label={`Move set ${at + 1} up`}
          >
            ↑
          </Button>
        )}
        <Button kind="quiet" disabled={disabled} onClick={onRemove}>
          Remove set {at + 1}
        </Button>
      </div>
    </Part>
  );
}
