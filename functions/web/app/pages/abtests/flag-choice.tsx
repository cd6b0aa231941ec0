import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { type Variant, variantsOfFilters } from './metric.ts';
import { keyOfName, type NewTest } from './new-test.ts';
import { eligibleFlagsQuery } from './queries.ts';

interface FlagChoiceProps {
  readonly test: NewTest;
  /** With the variants of a flag that is there already. */
  readonly onFlag: (key: string, variants?: readonly Variant[]) => void;
}

/** A new flag, or one that an experiment can be made with. */
export function FlagChoice({ test, onFlag }: FlagChoiceProps) {
  const flags = useQuery(eligibleFlagsQuery(useGroup(), ''));
  const known = flags.data?.results ?? [];
  const chosen = known.find(({ key }) => key === test.flagKey);
  // Whoever types the key of a flag that there is already gets that flag.
  const isFound = chosen !== undefined && !test.existing;
  useEffect(() => {
    if (isFound) onFlag(chosen.key, variantsOfFilters(chosen.filters));
  }, [isFound, chosen, onFlag]);
  return (
    <div className="grid">
      <SelectField
        label="Feature flag"
        value={test.existing ? test.flagKey : ''}
        onChange={({ target }) => {
          const flag = known.find(({ key }) => key === target.value);
          onFlag(flag?.key ?? '', flag && variantsOfFilters(flag.filters));
        }}
      >
        <option value="">a new one</option>
        {known.map(({ id, key }) => (
          <option key={id} value={key}>
            {key}
          </option>
        ))}
      </SelectField>
      {!test.existing && (
        <TextField
          label="Key of the new flag"
          hint="Programs ask for it by this name; it stays."
          spellCheck={false}
          maxLength={400}
          placeholder={keyOfName(test.name) || 'made of the name'}
          value={test.flagKey}
          onChange={({ target }) => onFlag(target.value)}
        />
      )}
    </div>
  );
}
