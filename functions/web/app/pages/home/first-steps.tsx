import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Card } from '../../ui/page.tsx';
import { Copyable } from '../../ui/text.tsx';
import { abTestCode, jobCode, trackingCode } from './first-steps-code.ts';

/** For a group where nothing is yet: the three ways to begin, with code that works as it stands. */
export function FirstSteps() {
  const group = useGroup();
  const origin = window.location.origin;
  const project = useQuery({
    queryKey: ['project', group],
    queryFn: () =>
      answerOf(
        posthog.GET('/api/projects/{project}', { params: { path: { project: String(group) } } }),
      ),
  }).data;
  return (
    <section className="stack" aria-label="First steps">
      <p>
        Nothing is here yet. The clients that you know work with this address;{' '}
        <Link to="/account">your account page</Link> makes tokens for them.
      </p>
      <div className="grid">
        <Card title="1. Track runs with MLflow">
          <p>Parameters, metrics and models of your own training code.</p>
          <Copyable text={trackingCode(origin, group)} />
        </Card>
        <Card title="2. Run jobs with Dioptra">
          <p>
            Code in{' '}
            <Link to="/$group/plugins" params={{ group }}>
              plugins
            </Link>
            , an{' '}
            <Link to="/$group/entrypoints" params={{ group }}>
              entrypoint
            </Link>{' '}
            of their tasks, and workers that run it.
          </p>
          <Copyable text={jobCode(origin, group)} />
        </Card>
        <Card title="3. Decide with A/B tests and flags">
          <p>
            Flags and events by PostHog's SDKs; results in{' '}
            <Link to="/$group/ab-tests" params={{ group }}>
              A/B tests
            </Link>
            .
          </p>
          <Copyable text={abTestCode(origin, project?.api_token ?? 'PROJECT_TOKEN')} />
        </Card>
      </div>
    </section>
  );
}
