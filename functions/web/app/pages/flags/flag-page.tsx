import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { submitting } from '../../ui/form.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Badge, Facts, FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { abTestsQuery } from '../abtests/queries.ts';
import { ActiveSwitch } from './active-switch.tsx';
import { changesOf, draftOf, problemOfDraft } from './draft.ts';
import { FlagActions } from './flag-actions.tsx';
import { FlagChanges } from './flag-changes.tsx';
import { FlagCode } from './flag-code.tsx';
import { FlagForm } from './flag-form.tsx';
import { FlagReadOnly } from './flag-read-only.tsx';
import { audienceOf, type Flag, KINDS, kindOf } from './model.ts';
import { flagQuery } from './queries.ts';
import { RefusedChange } from './refused-change.tsx';
import type { FLAG_TABS } from './search-words.ts';
import { TestPerson } from './test-person.tsx';
import { useFlagChange } from './use-flag-change.ts';

const route = getRouteApi('/signed-in/$group/flags/$flag');

/** One feature flag: whom it is for, what it serves, and how to ask for it. */
export function FlagPage() {
  const group = useGroup();
  const { flag: id } = route.useParams();
  const query = useQuery(flagQuery(group, Number(id)));
  const flag = query.data;
  return (
    <Page
      title={flag?.key ?? `Flag ${id}`}
      above={
        <Link to="/$group/flags" params={{ group }}>
          Feature flags
        </Link>
      }
      freshness={<FreshnessOf query={query} />}
      actions={flag !== undefined && <FlagActions flag={flag} />}
    >
      <Answer query={query}>{(found) => <Body flag={found} />}</Answer>
    </Page>
  );
}

function Body({ flag }: { readonly flag: Flag }) {
  const navigate = route.useNavigate();
  const { tab = 'settings', id } = route.useSearch();
  return (
    <>
      <Summary flag={flag} />
      <FlagTabs flag={flag} tab={tab} />
      {tab === 'settings' && <Settings key={flag.version} flag={flag} />}
      {tab === 'test' && (
        <TestPerson
          only={flag.key}
          id={id}
          onId={(next) => void navigate({ search: { tab: 'test', id: next } })}
        />
      )}
      {tab === 'code' && <FlagCode flag={flag} />}
      {tab === 'changes' && <FlagChanges flag={flag} />}
    </>
  );
}

interface FlagTabsProps {
  readonly flag: Flag;
  readonly tab: (typeof FLAG_TABS)[number];
}

function FlagTabs({ flag, tab }: FlagTabsProps) {
  const params = { group: useGroup(), flag: String(flag.id) };
  const link = (to: FlagTabsProps['tab'], text: string) => (
    <Link
      to="/$group/flags/$flag"
      params={params}
      search={{ tab: to }}
      activeOptions={{ exact: true, includeSearch: true }}
      {...(to === tab && { 'aria-current': 'page' as const })}
    >
      {text}
    </Link>
  );
  return (
    <Tabs label="Parts of this flag">
      {link('settings', 'Settings')}
      {link('test', 'Test a person')}
      {link('code', 'Code')}
      {link('changes', 'Change requests')}
    </Tabs>
  );
}

function Summary({ flag }: { readonly flag: Flag }) {
  const group = useGroup();
  const tests = useQuery({
    ...abTestsQuery(group, { limit: 1000 }),
    enabled: flag.experiment_set.length > 0,
  });
  const nameOf = (id: number): string =>
    tests.data?.results.find((each) => each.id === id)?.name ?? `A/B test ${id}`;
  return (
    <Card>
      <Facts
        facts={[
          [
            'State',
            flag.deleted ? (
              <Badge key="deleted" tone="bad">
                deleted
              </Badge>
            ) : (
              <ActiveSwitch key={flag.version} flag={flag} />
            ),
          ],
          ['Type', KINDS[kindOf(flag)]],
          ['For whom', audienceOf(flag)],
          ['Version', String(flag.version)],
          ['Changed', <Time key="changed" at={flag.updated_at} />],
          ['Changed by', <Name key="by">{flag.last_modified_by?.first_name ?? '–'}</Name>],
          [
            'A/B tests',
            flag.experiment_set.length === 0
              ? 'none'
              : flag.experiment_set.map((id) => (
                  <div key={id}>
                    <Link to="/$group/ab-tests/$test" params={{ group, test: String(id) }}>
                      <Name>{nameOf(id)}</Name>
                    </Link>
                  </div>
                )),
          ],
        ]}
      />
      {flag.status === 'STALE' && (
        <p>
          <Badge tone="warn">stale</Badge> Everybody has got the same for 30 days: the code could do
          without this flag.
        </p>
      )}
    </Card>
  );
}

/** The form, which begins anew with each version of the flag. */
function Settings({ flag }: { readonly flag: Flag }) {
  const notices = useNotices();
  const [draft, setDraft] = useState(() => draftOf(flag));
  const [problem, setProblem] = useState<string>();
  const change = useFlagChange(flag.id);
  const body = changesOf(draft, flag);
  const isChanged = Object.keys(body).length > 0;
  const mayEdit = flag.can_edit && !flag.deleted;
  const submit = submitting(() => {
    const found = problemOfDraft(draft);
    setProblem(found);
    if (found !== undefined) return;
    change.mutate(
      { ...body, version: flag.version },
      { onSuccess: () => notices.done(`${flag.key} was changed.`) },
    );
  });
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <FlagForm
        draft={draft}
        change={(part) => setDraft((before) => ({ ...before, ...part }))}
        disabled={!mayEdit}
        ofTest={flag.experiment_set.length > 0}
      />
      <FlagReadOnly flag={flag} />
      {problem !== undefined && (
        <p role="alert" className="field-error">
          {problem}
        </p>
      )}
      {change.isError && <RefusedChange error={change.error} />}
      <div className="row">
        <Button
          type="submit"
          kind="primary"
          busy={change.isPending}
          disabled={!mayEdit || !isChanged}
        >
          Save
        </Button>
        <Button disabled={!isChanged} onClick={() => setDraft(draftOf(flag))}>
          Take changes back
        </Button>
        <span className="quiet">
          {mayEdit
            ? isChanged
              ? `Changes: ${Object.keys(body).join(', ')}`
              : 'Nothing is changed.'
            : flag.deleted
              ? 'It is deleted.'
              : 'You may only read in this group.'}
        </span>
      </div>
    </form>
  );
}
