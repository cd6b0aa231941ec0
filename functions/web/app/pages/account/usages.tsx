import { useId, useState } from 'react';
import { SelectField } from '../../ui/field.tsx';
import { Copyable } from '../../ui/text.tsx';
import type { Usage } from './token-code.ts';

/** Code to copy, for the client that is chosen. */
export function Usages({ usages }: { readonly usages: readonly Usage[] }) {
  const [chosen, setChosen] = useState(0);
  const note = useId();
  const usage = usages[chosen] ?? usages[0];
  if (usage === undefined) return null;
  return (
    <div className="account-codes">
      {usages.length > 1 && (
        <SelectField
          label="How to use it"
          value={usages.indexOf(usage)}
          onChange={({ target }) => setChosen(Number(target.value))}
        >
          {usages.map(({ client }, index) => (
            <option key={client} value={index}>
              {client}
            </option>
          ))}
        </SelectField>
      )}
      <p id={note} className="quiet">
        {usage.note}
      </p>
      <Copyable text={usage.code} label="Copy the code" />
    </div>
  );
}
