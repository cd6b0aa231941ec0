import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Card } from '../../ui/page.tsx';
import { Copyable } from '../../ui/text.tsx';
import { ClientCode } from '../abtests/client-code.tsx';
import { inShell, shownJson } from '../abtests/code-quotes.ts';
import { localCode } from '../abtests/code-texts.ts';
import { projectQuery } from '../abtests/queries.ts';
import { askedProperties } from './asked-properties.ts';
import { filtersOf, variantsOfFlag } from './filters.ts';
import type { Flag } from './model.ts';

/** How programs ask for the flag: by an SDK, by HTTP, or evaluated by themselves. */
export function FlagCode({ flag }: { readonly flag: Flag }) {
  const project = useQuery(projectQuery(useGroup()));
  const host = window.location.origin;
  const token = project.data?.api_token ?? 'phc_…';
  const filters = filtersOf(flag);
  const properties = askedProperties(filters);
  const variants = variantsOfFlag(filters).map(({ key }) => key);
  const asked = { flag: flag.key, variants, properties };
  const body = shownJson({
    token,
    distinct_id: 'a-person',
    ...(properties.length > 0 && { person_properties: Object.fromEntries(properties) }),
  });
  return (
    <>
      <Card title="From a program">
        <ClientCode {...asked} />
      </Card>
      <Card title="By HTTP">
        <p className="quiet">Anybody with the project's token may ask for somebody's flags.</p>
        <Copyable
          text={`curl -H 'Content-Type: application/json' -d ${inShell(body)} ${inShell(`${host}/flags?v=2`)}`}
        />
      </Card>
      <Card title="Evaluated by your server itself">
        <p>
          SDKs for servers fetch all flags now and then and evaluate them without a call for each
          person, given a personal API key from <Link to="/account">your account</Link>.
        </p>
        <Copyable text={localCode({ ...asked, host, token })} />
      </Card>
    </>
  );
}
