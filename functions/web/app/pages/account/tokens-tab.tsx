import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, dioptra } from '../../data/api.ts';
import { sessionQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, Empty } from '../../ui/page.tsx';
import { FreshnessOf } from '../../ui/text.tsx';
import { type Token, tokensQuery } from './account-queries.ts';
import { type MadeToken, NewTokenForm } from './new-token-form.tsx';
import { ShownOnce } from './shown-once.tsx';
import { personalUsages, posthogUsages } from './token-code.ts';
import { TokensTable } from './tokens-table.tsx';
import { Usages } from './usages.tsx';

/** What programs sign in with instead of a password. */
export function TokensTab() {
  const tokens = useQuery(tokensQuery);
  const [asked, setAsked] = useState(false);
  const [made, setMade] = useState<MadeToken>();
  return (
    <Card
      title="Tokens and keys"
      actions={
        <div className="row">
          <FreshnessOf query={tokens} />
          <Button kind="primary" onClick={() => setAsked(true)}>
            New token or key
          </Button>
        </div>
      }
    >
      <p className="quiet">
        Programs sign in with them instead of your password. Each can be revoked by itself; a new
        password ends them all. When one was used last is not kept: what was changed with it is in
        the audit trail.
      </p>
      <Answer query={tokens}>
        {(known) =>
          known.length === 0 ? (
            <Empty title="No tokens yet">
              <p>Make one for MLflow’s clients, PostHog’s SDKs, or a script of yours.</p>
            </Empty>
          ) : (
            <OwnTokens tokens={known} />
          )
        }
      </Answer>
      <Dialog title="New token or key" open={asked} onClose={() => setAsked(false)} wide>
        <NewTokenForm
          onClose={() => setAsked(false)}
          onMade={(token) => {
            setAsked(false);
            setMade(token);
          }}
        />
      </Dialog>
      <MadeDialog made={made} onClose={() => setMade(undefined)} />
    </Card>
  );
}

function OwnTokens({ tokens }: { readonly tokens: readonly Token[] }) {
  const queries = useQueryClient();
  const { done, failed } = useNotices();
  const revoking = useMutation({
    mutationFn: (tokenId: string) =>
      answerOf(
        dioptra.DELETE('/users/current/tokens/{tokenId}', { params: { path: { tokenId } } }),
      ),
    onSuccess: () => done('It is revoked, within five seconds everywhere.'),
    onError: failed,
    onSettled: () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  return (
    <TokensTable
      label="Tokens and keys"
      tokens={tokens}
      onRevoke={(id) => revoking.mutateAsync(id)}
      busy={revoking.isPending}
    />
  );
}

interface MadeDialogProps {
  readonly made: MadeToken | undefined;
  readonly onClose: () => void;
}

function MadeDialog({ made, onClose }: MadeDialogProps) {
  const session = useQuery(sessionQuery);
  const { origin } = window.location;
  const text = made?.text ?? '';
  return (
    <ShownOnce
      title={made?.kind === 'posthog' ? 'Your new key' : 'Your new token'}
      secret={made?.text}
      onClose={onClose}
      caution="Whoever has it can do what you chose, as you."
    >
      <Usages
        usages={
          made?.kind === 'posthog'
            ? posthogUsages(origin, text)
            : personalUsages(origin, text, session.data?.username ?? '')
        }
      />
    </ShownOnce>
  );
}
