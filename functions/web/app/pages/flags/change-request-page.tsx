import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ago, fullTime } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Answer, Card, Page } from '../../ui/page.tsx';
import { Badge, Facts, FreshnessOf, Name, Time } from '../../ui/text.tsx';
import { diffOf } from './change-diff.ts';
import { ChangeState, titleOf, votesOf } from './change-table.tsx';
import { Decide } from './decide-card.tsx';
import { type ChangeRequest, changeQuery, flagQuery } from './queries.ts';
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
      freshness={<FreshnessOf query={query} />}
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
