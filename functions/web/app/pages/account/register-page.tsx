import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { type Session, sessionQuery } from '../../data/session.ts';
import { TextField } from '../../ui/field.tsx';
import { Answer, Page } from '../../ui/page.tsx';
import { invitationIn, keptInvitation } from './invitation.ts';
import { JoinAsKnown, JoinAsStranger } from './join.tsx';
import { NewAccountForm } from './new-account-form.tsx';

/** For whoever has an invitation, or needs none: an account, or a group for the account that one has. */
export function RegisterPage() {
  const session = useQuery(sessionQuery);
  const [pasted, setPasted] = useState(keptInvitation);
  const invitation = invitationIn(pasted);
  const field = <InvitationField value={pasted} onChange={setPasted} />;
  return (
    <main className="alone">
      <Answer query={session}>
        {({ username, registration }) =>
          username === null ? (
            <Page title="Make an account">
              <Stranger registration={registration} invitation={invitation} field={field} />
            </Page>
          ) : (
            <Page title="Join a group">
              {field}
              <JoinAsKnown username={username} invitation={invitation} />
            </Page>
          )
        }
      </Answer>
    </main>
  );
}

interface FieldProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

const InvitationField = ({ value, onChange }: FieldProps) => (
  <TextField
    label="Invitation"
    name="invitation"
    className="mono"
    autoComplete="off"
    spellCheck={false}
    maxLength={400}
    value={value}
    onChange={({ target }) => onChange(target.value)}
    hint={
      value === ''
        ? 'Paste the link or the text (asi_…) that you were given.'
        : 'It was taken out of the address of this page. It works once.'
    }
  />
);

interface StrangerProps {
  readonly registration: Session['registration'];
  readonly invitation: string;
  readonly field: ReactNode;
}

function Stranger({ registration, invitation, field }: StrangerProps) {
  const [known, setKnown] = useState(false);
  const invited = invitation !== '';
  const needed = registration !== 'open';
  return (
    <>
      {!invited && <Rule registration={registration} />}
      {field}
      {invited && (
        <fieldset className="account-choices">
          <legend>Do you have an account here?</legend>
          <label className="checkbox">
            <input type="radio" name="known" checked={!known} onChange={() => setKnown(false)} />
            No, make one
          </label>
          <label className="checkbox">
            <input type="radio" name="known" checked={known} onChange={() => setKnown(true)} />
            Yes, take it into the group that I am invited to
          </label>
        </fieldset>
      )}
      {known && invited ? (
        <JoinAsStranger invitation={invitation} />
      ) : (
        <NewAccountForm invitation={invitation} needed={needed} />
      )}
      <p className="quiet">
        <Link to="/sign-in">Sign in instead</Link>
      </p>
    </>
  );
}

/** Who may make an account in this deployment. */
function Rule({ registration }: Pick<StrangerProps, 'registration'>) {
  if (registration === 'open') {
    return (
      <p>Anybody may make an account here. With an invitation, you come into its group, too.</p>
    );
  }
  if (registration === 'invite') {
    return <p>Accounts are by invitation here. Ask an administrator for one.</p>;
  }
  return (
    <p>
      Registration is closed: administrators make the accounts. Only the invitation of the first
      administrator, which the deployment made, is taken here.
    </p>
  );
}
