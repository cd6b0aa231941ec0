import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/field.tsx';
import { type Access, SCOPE_OBJECTS, SCOPE_SETS, type Scopes } from './scopes.ts';

const ACCESSES: readonly (readonly [Access, string])[] = [
  ['none', 'No'],
  ['read', 'Read'],
  ['write', 'Read and write'],
];
const isAccess = (text: string): text is Access => ACCESSES.some(([access]) => access === text);

interface ScopeFieldsProps {
  /** Nothing: it may do everything. */
  readonly scopes: Scopes | undefined;
  readonly onChange: (scopes: Scopes | undefined) => void;
}

/** What a token may do: everything, or some. */
export function ScopeFields({ scopes, onChange }: ScopeFieldsProps) {
  return (
    <fieldset className="account-choices">
      <legend>It may</legend>
      <label className="checkbox">
        <input
          type="radio"
          name="scopes"
          checked={scopes === undefined}
          onChange={() => onChange(undefined)}
        />
        do everything that you may do
      </label>
      <label className="checkbox">
        <input
          type="radio"
          name="scopes"
          checked={scopes !== undefined}
          onChange={() => onChange(SCOPE_SETS[0]?.scopes ?? {})}
        />
        do only what you choose
      </label>
      {scopes !== undefined && (
        <div className="stack note">
          <div className="row">
            {SCOPE_SETS.map((set) => (
              <Button key={set.name} onClick={() => onChange(set.scopes)}>
                {set.name}
              </Button>
            ))}
          </div>
          <div className="account-scopes">
            {SCOPE_OBJECTS.map(({ object, name }) => (
              <SelectField
                key={object}
                label={name}
                value={scopes[object] ?? 'none'}
                onChange={({ target: { value } }) =>
                  isAccess(value) && onChange({ ...scopes, [object]: value })
                }
              >
                {ACCESSES.map(([access, word]) => (
                  <option key={access} value={access}>
                    {word}
                  </option>
                ))}
              </SelectField>
            ))}
          </div>
          <p>It never manages accounts, members, invitations or tokens: those take a session.</p>
        </div>
      )}
    </fieldset>
  );
}
