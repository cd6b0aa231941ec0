import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import type { PropertyFilter } from '../abtests/metric.ts';
import { OPERATORS, textOfValue, valueOfText } from './filter-values.ts';
import './property-filters.css';

export interface FilterKind {
  readonly value: string;
  readonly text: string;
}

interface PropertyFiltersProps {
  readonly filters: readonly PropertyFilter[];
  readonly onChange: (filters: readonly PropertyFilter[]) => void;
  /** What a property may be of; the first is that of a new filter. */
  readonly kinds: readonly FilterKind[];
  readonly disabled?: boolean;
  /** Names of those that may be chosen; all when missing. */
  readonly operators?: readonly string[];
}

/** Conditions on properties, all of which must hold. */
export function PropertyFilters(props: PropertyFiltersProps) {
  const { filters, onChange, kinds, disabled } = props;
  const offered = OPERATORS.filter(([name]) => props.operators?.includes(name) ?? true);
  const replace = (at: number, filter: PropertyFilter): void =>
    onChange(filters.map((each, index) => (index === at ? filter : each)));
  const isOff = disabled ?? false;
  return (
    <div className="property-filters">
      {filters.map((filter, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: filters have no name of their own
        <div key={at} className="row property-filter">
          <FilterRow {...{ filter, kinds, at, offered }} disabled={isOff} onChange={replace} />
          <Button
            kind="quiet"
            disabled={isOff}
            aria-label={`Remove condition ${at + 1}`}
            onClick={() => onChange(filters.filter((_, index) => index !== at))}
          >
            ✕
          </Button>
        </div>
      ))}
      <Button
        kind="quiet"
        disabled={isOff}
        onClick={() =>
          onChange([
            ...filters,
            { key: '', operator: 'exact', value: '', type: kinds[0]?.value ?? 'person' },
          ])
        }
      >
        + Condition on a property
      </Button>
    </div>
  );
}

interface RowProps {
  readonly filter: PropertyFilter;
  readonly kinds: readonly FilterKind[];
  readonly at: number;
  readonly offered: typeof OPERATORS;
  readonly disabled: boolean;
  readonly onChange: (at: number, filter: PropertyFilter) => void;
}

function FilterRow({ filter, kinds, at, offered, disabled, onChange }: RowProps) {
  const operator = filter.operator ?? 'exact';
  const change = (part: Partial<PropertyFilter>): void => onChange(at, { ...filter, ...part });
  const known = offered.some(([name]) => name === operator);
  const needsValue = operator !== 'is_set' && operator !== 'is_not_set';
  const shared = { disabled, labelHidden: true };
  return (
    <>
      {kinds.length > 1 && (
        <SelectField
          {...shared}
          label={`Condition ${at + 1}: of`}
          value={kindOf(filter)}
          onChange={({ target }) => {
            const [type = 'person', index] = target.value.split(':');
            const { group_type_index: _, ...rest } = filter;
            onChange(at, {
              ...rest,
              type,
              ...(index !== undefined && { group_type_index: Number(index) }),
            });
          }}
        >
          {!kinds.some(({ value }) => value === kindOf(filter)) && (
            <option value={kindOf(filter)}>{kindOf(filter)}</option>
          )}
          {kinds.map(({ value, text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </SelectField>
      )}
      <TextField
        {...shared}
        label={`Condition ${at + 1}: property`}
        placeholder="property"
        required
        maxLength={400}
        value={filter.key}
        onChange={({ target }) => change({ key: target.value })}
      />
      <SelectField
        {...shared}
        label={`Condition ${at + 1}: how it is compared`}
        value={operator}
        onChange={({ target }) => change({ operator: target.value })}
      >
        {!known && <option value={operator}>{operator}</option>}
        {offered.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </SelectField>
      {needsValue && (
        <ValueField
          at={at}
          operator={operator}
          disabled={disabled}
          value={filter.value}
          onChange={(value) => change({ value })}
        />
      )}
    </>
  );
}

interface ValueFieldProps {
  readonly at: number;
  readonly operator: string;
  readonly disabled: boolean;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** Keeps what was typed as long as it says the value: commas and blanks are lost in a list. */
function ValueField({ at, operator, disabled, value, onChange }: ValueFieldProps) {
  const [typed, setTyped] = useState(() => textOfValue(value));
  const same = JSON.stringify(valueOfText(typed, operator)) === JSON.stringify(value);
  const takesSeveral = operator === 'exact' || operator === 'is_not';
  return (
    <TextField
      label={`Condition ${at + 1}: value`}
      labelHidden
      disabled={disabled}
      placeholder={takesSeveral ? 'value, or several: a, b' : 'value'}
      value={same ? typed : textOfValue(value)}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(valueOfText(target.value, operator));
      }}
    />
  );
}

const kindOf = ({ type, group_type_index: index }: PropertyFilter): string =>
  type === 'group' ? `group:${index ?? 0}` : (type ?? 'person');
