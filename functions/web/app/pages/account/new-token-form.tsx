import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra, posthog } from '../../data/api.ts';
import { TextField } from '../../ui/field.tsx';
import { SubmitRow, submitting } from '../../ui/form.tsx';
import { tokensQuery } from './account-queries.ts';
import { DaysField } from './days-field.tsx';
import { Refusal } from './refusal.tsx';
import { ScopeFields } from './scope-fields.tsx';
import { type Scopes, scopeTexts } from './scopes.ts';

export type TokenKind = 'personal' | 'posthog';

export interface MadeToken {
  readonly kind: TokenKind;
  readonly text: string;
}

interface Draft {
  readonly kind: TokenKind;
  readonly name: string;
  readonly days: number;
  readonly scopes: Scopes | undefined;
}

async function make({ kind, name, days, scopes }: Draft): Promise<MadeToken> {
  const texts = scopes === undefined ? undefined : scopeTexts(scopes);
  if (kind === 'posthog') {
    const body = { label: name, scopes: texts ?? ['*'] };
    const { value } = await answerOf(posthog.POST('/api/personal_api_keys', { body }));
    return { kind, text: value ?? '' };
  }
  const body = { name, days, ...(texts !== undefined && { scopes: texts }) };
  const { token } = await answerOf(dioptra.POST('/users/current/tokens', { body }));
  return { kind, text: token ?? '' };
}

interface NewTokenFormProps {
  readonly onMade: (made: MadeToken) => void;
  readonly onClose: () => void;
}

export function NewTokenForm({ onMade, onClose }: NewTokenFormProps) {
  const [draft, setDraft] = useState<Draft>({
    kind: 'personal',
    name: '',
    days: 90,
    scopes: undefined,
  });
  const change = (part: Partial<Draft>): void => setDraft((before) => ({ ...before, ...part }));
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: () => make(draft),
    onSuccess: (made) => {
      onMade(made);
      return queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  const nothing = draft.scopes !== undefined && scopeTexts(draft.scopes).length === 0;
  const submit = submitting(() => {
    if (!nothing) making.mutate();
  });
  return (
    <form className="stack" onSubmit={submit}>
      <KindFields kind={draft.kind} onChange={(kind) => change({ kind })} />
      <TextField
        label="Name"
        required
        maxLength={draft.kind === 'posthog' ? 40 : 100}
        value={draft.name}
        onChange={({ target }) => change({ name: target.value })}
        hint="What or where it is for: “laptop”, “nightly build”."
      />
      {draft.kind === 'personal' ? (
        <DaysField value={draft.days} most={366} onChange={(days) => change({ days })} />
      ) : (
        <p className="quiet">A key of PostHog’s is good for 366 days.</p>
      )}
      <ScopeFields scopes={draft.scopes} onChange={(scopes) => change({ scopes })} />
      <SubmitRow
        busy={making.isPending}
        disabled={nothing}
        title={nothing ? 'Choose something that it may do' : undefined}
        onCancel={onClose}
      >
        Make it
      </SubmitRow>
      {making.isError && <Refusal error={making.error} />}
    </form>
  );
}

const KINDS = [
  ['personal', 'A personal token (asy_…)', 'For MLflow’s clients, curl, and scripts.'],
  ['posthog', 'A personal API key (phx_…)', 'For PostHog’s SDKs and API.'],
] as const;

interface KindFieldsProps {
  readonly kind: TokenKind;
  readonly onChange: (kind: TokenKind) => void;
}

const KindFields = ({ kind, onChange }: KindFieldsProps) => (
  <fieldset className="account-choices">
    <legend>What to make</legend>
    {KINDS.map(([each, name, note]) => (
      <label key={each} className="checkbox">
        <input type="radio" name="kind" checked={kind === each} onChange={() => onChange(each)} />
        <span>
          {name}. <span className="quiet">{note}</span>
        </span>
      </label>
    ))}
  </fieldset>
);
