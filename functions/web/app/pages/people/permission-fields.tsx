import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/field.tsx';
import {
  FLAG_WORDS,
  type Flag,
  type Flags,
  lacking,
  MEMBER,
  OWNER,
  READER,
  whyNotSet,
  withFlag,
} from './permissions.ts';
import './people.css';

const ORDER: readonly Flag[] = ['read', 'write', 'admin', 'owner', 'shareRead', 'shareWrite'];
const ROLES = [
  ['Reader', READER],
  ['Member', MEMBER],
  ['Administrator', { ...MEMBER, admin: true }],
  ['Owner', OWNER],
] as const;

interface PermissionFieldsProps {
  /** Of whoever fills the form in. */
  readonly own: Flags;
  readonly draft: Flags;
  readonly onChange: (draft: Flags) => void;
  /** For an account of a machine. */
  readonly service?: boolean;
}

/** What a member may do; what one cannot give says why. */
export function PermissionFields({ own, draft, onChange, service }: PermissionFieldsProps) {
  return (
    <fieldset className="people-permissions">
      <legend>Permissions</legend>
      {service !== true && (
        <div className="row">
          {ROLES.map(([name, flags]) => {
            const closed = lacking(own, flags).length > 0;
            return (
              <Button
                key={name}
                disabled={closed}
                title={closed ? 'It has more than you have' : undefined}
                onClick={() => onChange(flags)}
              >
                {name}
              </Button>
            );
          })}
        </div>
      )}
      {ORDER.map((flag) => (
        <Permission
          key={flag}
          flag={flag}
          set={draft[flag]}
          why={whyNotSet(own, flag, draft, service)}
          onSet={(set) => onChange(withFlag(draft, flag, set))}
        />
      ))}
    </fieldset>
  );
}

interface PermissionProps {
  readonly flag: Flag;
  readonly set: boolean;
  readonly why: string | undefined;
  readonly onSet: (set: boolean) => void;
}

function Permission({ flag, set, why, onSet }: PermissionProps) {
  const { name, what } = FLAG_WORDS[flag];
  return (
    <div className={why === undefined ? 'people-permission' : 'people-permission closed'}>
      <Checkbox
        label={name}
        checked={set}
        disabled={why !== undefined}
        aria-describedby={`permission-${flag}`}
        onChange={({ target }) => onSet(target.checked)}
      />
      <p id={`permission-${flag}`} className="quiet">
        {what} {why}
      </p>
    </div>
  );
}
