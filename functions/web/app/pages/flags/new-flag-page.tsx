import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { ErrorNote, Page } from '../../ui/page.tsx';
import { projectOf } from '../abtests/queries.ts';
import { useRights } from '../abtests/use-rights.ts';
import { bodyOfDraft, EMPTY_DRAFT, problemOfDraft } from './draft.ts';
import { FlagForm } from './flag-form.tsx';
import { flagsKey } from './queries.ts';

export function NewFlagPage() {
  const group = useGroup();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const notices = useNotices();
  const { whyNotWrite } = useRights();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [problem, setProblem] = useState<string>();
  const create = useMutation({
    mutationFn: () =>
      answerOf(
        posthog.POST('/api/projects/{project}/feature_flags', {
          params: { path: { project: projectOf(group) } },
          body: bodyOfDraft(draft),
        }),
      ),
    onSuccess: ({ id, key }) => {
      void queries.invalidateQueries({ queryKey: flagsKey(group) });
      notices.done(`The flag ${key} was made.`);
      void navigate({
        to: '/$group/flags/$flag',
        params: { group, flag: String(id) },
        search: { tab: 'code' },
      });
    },
  });
  const submit = submitting(() => {
    const found = problemOfDraft(draft);
    setProblem(found);
    if (found === undefined) create.mutate();
  });
  return (
    <Page
      title="New feature flag"
      above={
        <Link to="/$group/flags" params={{ group }}>
          Feature flags
        </Link>
      }
    >
      <form className="stack" onSubmit={submit} noValidate>
        <FlagForm draft={draft} change={(part) => setDraft((before) => ({ ...before, ...part }))} />
        {problem !== undefined && (
          <p role="alert" className="field-error">
            {problem}
          </p>
        )}
        {create.isError && <ErrorNote error={create.error} />}
        <div className="row">
          <Button
            type="submit"
            kind="primary"
            busy={create.isPending}
            disabled={whyNotWrite !== undefined}
          >
            Make the flag
          </Button>
          <span className="quiet">{whyNotWrite}</span>
        </div>
      </form>
    </Page>
  );
}
