import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Card } from '../../ui/page.tsx';
import { Copyable } from '../../ui/text.tsx';
import { ClientCode } from '../abtests/client-code.tsx';
import { projectQuery } from '../abtests/queries.ts';
import type { Flag } from './model.ts';

/** How programs ask for the flag: by an SDK, by HTTP, or evaluated by themselves. */
export function FlagCode({ flag }: { readonly flag: Flag }) {
  const project = useQuery(projectQuery(useGroup()));
  const host = window.location.origin;
  const token = project.data?.api_token ?? 'phc_…';
  const body = JSON.stringify({ token, distinct_id: 'a-person' });
  return (
    <>
      <Card title="From a program">
        <ClientCode flag={flag.key} />
      </Card>
      <Card title="By HTTP">
        <p className="quiet">Anybody with the project's token may ask for somebody's flags.</p>
        <Copyable
          text={`curl -H 'Content-Type: application/json' -d '${body}' '${host}/flags?v=2'`}
        />
      </Card>
      <Card title="Evaluated by your server itself">
        <p>
          SDKs for servers fetch all flags now and then and evaluate them without a call for each
          person, given a personal API key from <Link to="/account">your account</Link>.
        </p>
        <Copyable
          text={`import { PostHog } from 'posthog-node';

const posthog = new PostHog('${token}', {
  host: '${host}',
  personalApiKey: process.env.PERSONAL_API_KEY, // phx_…
});
const value = await posthog.getFeatureFlag('${flag.key}', userId, {
  personProperties: { country: 'DE' },
  onlyEvaluateLocally: true,
});`}
        />
      </Card>
    </>
  );
}
