import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { ago, fullTime } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { TextArea } from '../../ui/field.tsx';
import { useNotices } from '../../ui/notices.tsx';
import { Answer, Card, ErrorNote, Page } from '../../ui/page.tsx';
import { Badge, Facts, Freshness, Name, Time } from '../../ui/text.tsx';
import { projectOf } from '../abtests/queries.ts';
import { diffOf } from './change-diff.ts';
import { ChangeState, titleOf, votesOf } from './change-table.tsx';
import { type ChangeRequest, changeQuery, changesKey, flagQuery, flagsKey } from './queries.ts';
import './change-request-page.css';

const route = getRouteApi('/signed-in/$group/change-requests/$request');

type Doc = { readonly [name: string]: unknown };
const docOf = (value: unknown): Doc =>
  typeof value === 'object' && value !== null ? (value as Doc) : {};

/** One change that waits for approval or has waited: what it does, who said what, and the vote. */
export function ChangeRequestPage() {
  const group = useGroup();
  const { request } = route.useParams();
  const query = useQuery({
    ...changeQuery(group, Number(request)),
    refetchInterval: ({ state }) => (state.data?.state === 'pending' ? 15_000 : false),
  });
  return (
    <Page
      title={query.data === undefined ? `Change request ${request}` : titleOf(query.data)}
      above={
        <Link to="/$group/change-requests" params={{ group }} search={{}}>
          Change requests
        </Link>
      }
      freshness={
        <Freshness
          at={query.dataUpdatedAt}
          onRefresh={() => void query.refetch()}
          busy={query.isFetching}
          error={query.error}
        />
      }
    >
      <Answer query={query}>
        {(change) => (
          <>
            <About change={change} />
            <Difference change={change} />
            <Votes change={change} />
            {change.state === 'pending' && <Decide change={change} />}
          </>
        )}
      </Answer>
    </Page>
  );
}

interface ChangeProps {
  readonly change: ChangeRequest;
}

/** A time that is to come, as "in 14 days". */
const When = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={fullTime(at)}>
    {ago(at)}
  </time>
);

function About({ change }: ChangeProps) {
  const group = useGroup();
  const isOver = change.state !== 'pending';
  const flag = useQuery(flagQuery(group, Number(change.resource_id)));
  return (
    <Card>
      <Facts
        facts={[
          ['State', <ChangeState key="state" change={change} />],
          [
            'Flag',
            <Link key="flag" to="/$group/flags/$flag" params={{ group, flag: change.resource_id }}>
              <Name>{flag.data?.key ?? `flag ${change.resource_id}`}</Name>
            </Link>,
          ],
          ['Asked by', <Name key="by">{change.created_by?.first_name ?? '–'}</Name>],
          ['Asked', <Time key="at" at={change.created_at} />],
          ['Approvals', votesOf(change)],
          isOver
            ? ['Done', <Time key="done" at={change.applied_at} />]
            : ['Ends unless approved', <When key="ends" at={change.expires_at} />],
        ]}
      />
      {change.apply_error !== '' && (
        <p role="alert">
          It could not be done: <bdi>{change.apply_error}</bdi>
        </p>
      )}
    </Card>
  );
}

function Difference({ change }: ChangeProps) {
  const { before, after } = change.intent_display;
  const rows = diffOf(docOf(before), docOf(after));
  return (
    <Card title="What would change">
      {rows.length === 0 && <p className="quiet">Nothing that differs.</p>}
      <section
        className="change-diff"
        aria-label="Line by line"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ what, before: was, after: becomes }) => (
              <tr key={what}>
                <th scope="row">
                  <Name>{what}</Name>
                </th>
                <td className="change-before">
                  <del>
                    <Name>{was}</Name>
                  </del>
                </td>
                <td className="change-after">
                  <ins>
                    <Name>{becomes}</Name>
                  </ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

function Votes({ change }: ChangeProps) {
  if (change.approvals.length === 0) return null;
  return (
    <Card title="Votes">
      <ul className="change-votes">
        {change.approvals.map(({ id, created_by: person, decision, reason, created_at: at }) => (
          <li key={id}>
            <Name>{person?.first_name ?? '–'}</Name>{' '}
            <Badge tone={decision === 'approved' ? 'good' : 'bad'}>{decision}</Badge>{' '}
            <Time at={at} />
            {reason !== '' && (
              <>
                : <bdi>{reason}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

type Verb = 'approve' | 'reject' | 'cancel';
const SAID: Readonly<Record<Verb, string>> = {
  approve: 'You approved the change.',
  reject: 'You rejected the change.',
  cancel: 'The request was taken back.',
};

function useDecision({ id }: ChangeRequest) {
  const group = useGroup();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMutation({
    mutationFn: ({ verb, reason }: { verb: Verb; reason: string }) => {
      const params = { path: { project: projectOf(group), id } };
      const body = reason.trim() === '' ? {} : { reason: reason.trim() };
      const root = '/api/projects/{project}/change_requests/{id}';
      if (verb === 'cancel') return answerOf(posthog.POST(`${root}/cancel`, { params }));
      return answerOf(
        verb === 'approve'
          ? posthog.POST(`${root}/approve`, { params, body })
          : posthog.POST(`${root}/reject`, { params, body }),
      );
    },
    onSuccess: (change, { verb }) => {
      queries.setQueryData(changeQuery(group, id).queryKey, change);
      notices.done(change.state === 'applied' ? 'Approved: the flag was changed.' : SAID[verb]);
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: changesKey(group) });
      void queries.invalidateQueries({ queryKey: flagsKey(group) });
      void queries.invalidateQueries({ queryKey: ['flag', group] });
    },
  });
}

/** Why somebody has no vote. */
function whyNot({ is_requester: own, user_decision: decision }: ChangeRequest): string {
  if (decision !== null) return `You ${decision} it already.`;
  if (own) return 'You asked for it; others decide.';
  return 'You are not among those whom the policy asks.';
}

function Decide({ change }: ChangeProps) {
  const [reason, setReason] = useState('');
  const decide = useDecision(change);
  const act = (verb: Verb) => () => decide.mutate({ verb, reason });
  return (
    <Card title="Your decision">
      {change.can_approve ? (
        <TextArea
          label="Reason"
          hint="Others read it."
          maxLength={2000}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      ) : (
        <p className="quiet">{whyNot(change)}</p>
      )}
      {decide.isError && <ErrorNote error={decide.error} />}
      <div className="row">
        {change.can_approve && (
          <>
            <Button kind="primary" busy={decide.isPending} onClick={act('approve')}>
              Approve
            </Button>
            <Button kind="danger" busy={decide.isPending} onClick={act('reject')}>
              Reject
            </Button>
          </>
        )}
        {change.can_cancel && (
          <Button busy={decide.isPending} onClick={act('cancel')}>
            Take the request back
          </Button>
        )}
      </div>
    </Card>
  );
}
