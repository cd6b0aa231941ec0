import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Facts, Time } from '../../ui/text.tsx';
import { type Person, personQuery } from './account-queries.ts';
import { Refusal } from './refusal.tsx';
import { refusalOf } from './refusals.ts';

export function PersonCard() {
  const person = useQuery(personQuery);
  return (
    <Card title="Name and address">
      <Answer query={person}>
        {(known) => (
          <>
            <PersonForm key={known.lastModifiedOn} person={known} />
            <Facts
              facts={[
                ['Account made', <Time key="made" at={known.createdOn} />],
                ['Last sign-in', <Time key="seen" at={known.lastLoginOn} />],
              ]}
            />
          </>
        )}
      </Answer>
    </Card>
  );
}

function PersonForm({ person }: { readonly person: Person }) {
  const [username, setUsername] = useState(person.username);
  const [email, setEmail] = useState(person.email);
  const queries = useQueryClient();
  const { done } = useNotices();
  const saving = useMutation({
    mutationFn: () => answerOf(dioptra.PUT('/users/current', { body: { username, email } })),
    onSuccess: () => {
      done('Name and address are saved.');
      // Names stand beside all that was made.
      return queries.invalidateQueries();
    },
  });
  const submit = submitting(() => saving.mutate());
  const same = username === person.username && email === person.email;
  const { error } = saving;
  const [nameError, emailError] = [refusalOf(error, 'username'), refusalOf(error, 'email')];
  return (
    <form className="account-form" onSubmit={submit}>
      <TextField
        label="Name"
        required
        maxLength={150}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        onChange={({ target }) => setUsername(target.value)}
        error={nameError}
        hint="You sign in with it. Another name does not end your sessions and tokens."
      />
      <TextField
        label="E-mail address"
        type="email"
        required
        minLength={3}
        maxLength={320}
        autoComplete="email"
        value={email}
        onChange={({ target }) => setEmail(target.value)}
        error={emailError}
      />
      <div className="row">
        <Button type="submit" kind="primary" busy={saving.isPending} disabled={same}>
          Save
        </Button>
        {same && <span className="quiet">Nothing is changed.</span>}
      </div>
      {error !== null && nameError === undefined && emailError === undefined && (
        <Refusal error={error} />
      )}
    </form>
  );
}
