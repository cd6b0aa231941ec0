import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, posthog } from '../../data/api.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { TextArea, TextField } from '../../ui/field.tsx';
import { submitting } from '../../ui/form.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { Badge, FreshnessOf, Name } from '../../ui/text.tsx';
import { projectOf, projectQuery } from '../abtests/queries.ts';
import { flagsQuery } from './queries.ts';
import {
  objectOf,
  reasonWords,
  type Verdict,
  verdictsOfFlags,
  verdictsOfReasons,
} from './reasons.ts';

interface TestPersonProps {
  /** The key of the one flag that is asked about. */
  readonly only?: string;
  readonly id: string | undefined;
  readonly onId: (id: string) => void;
}

interface Asked {
  readonly id: string;
  readonly groups: string;
  readonly properties: string;
}

const JSON_PROBLEM = 'That is no JSON object, such as {"country": "DE"}.';

/** Asks what flags are for somebody, and says why. */
export function TestPerson({ only, id, onId }: TestPersonProps) {
  const [person, setPerson] = useState(id ?? '');
  const [groups, setGroups] = useState('');
  const [properties, setProperties] = useState('');
  const [asked, setAsked] = useState<Asked | undefined>(
    id === undefined ? undefined : { id, groups: '', properties: '' },
  );
  const problemOf = (text: string): string | undefined =>
    objectOf(text) === undefined ? JSON_PROBLEM : undefined;
  const submit = submitting(() => {
    if (problemOf(groups) !== undefined || problemOf(properties) !== undefined) return;
    setAsked({ id: person, groups, properties });
    onId(person);
  });
  return (
    <>
      <Card title="Whom to ask about">
        <form className="stack" onSubmit={submit}>
          <div className="grid">
            <TextField
              label="Id of the person"
              hint="The distinct id that programs send."
              required
              maxLength={200}
              spellCheck={false}
              value={person}
              onChange={({ target }) => setPerson(target.value)}
            />
            <TextArea
              label="Properties of the person (JSON)"
              placeholder='{"country": "DE"}'
              rows={2}
              spellCheck={false}
              error={problemOf(properties)}
              value={properties}
              onChange={({ target }) => setProperties(target.value)}
            />
            <TextArea
              label="Groups (JSON)"
              placeholder='{"company": "acme"}'
              rows={2}
              spellCheck={false}
              error={problemOf(groups)}
              value={groups}
              onChange={({ target }) => setGroups(target.value)}
            />
          </div>
          <div className="row">
            <Button type="submit" kind="primary">
              Ask
            </Button>
            <span className="quiet">It is asked only: nobody takes part by it.</span>
          </div>
        </form>
      </Card>
      {asked !== undefined && <Verdicts asked={asked} only={only} />}
    </>
  );
}

/** Properties go to the endpoint of SDKs; without, the reasons tell of flags that are off, too. */
function useVerdicts({ id, groups, properties }: Asked) {
  const group = useGroup();
  const project = useQuery(projectQuery(group));
  const token = project.data?.api_token;
  const hasProperties = Object.keys(objectOf(properties) ?? {}).length > 0;
  return useQuery({
    queryKey: ['flag-verdicts', group, id, groups, properties],
    enabled: !hasProperties || token !== undefined,
    queryFn: async (): Promise<readonly Verdict[]> => {
      if (!hasProperties) {
        const answer = await answerOf(
          posthog.GET('/api/projects/{project}/feature_flags/evaluation_reasons', {
            params: {
              path: { project: projectOf(group) },
              query: { distinct_id: id, ...(groups.trim() !== '' && { groups }) },
            },
          }),
        );
        return verdictsOfReasons(answer);
      }
      const answer = await answerOf(
        posthog.POST('/flags', {
          params: { query: { v: '2' } },
          body: {
            token: token ?? '',
            distinct_id: id,
            groups: objectOf(groups) ?? {},
            person_properties: objectOf(properties) ?? {},
          },
        }),
      );
      return verdictsOfFlags(answer.flags ?? {});
    },
  });
}

function Verdicts({ asked, only }: { readonly asked: Asked; readonly only: string | undefined }) {
  const group = useGroup();
  const query = useVerdicts(asked);
  const flags = useQuery(flagsQuery(group, {}));
  const idOf = (key: string) => flags.data?.results.find((flag) => flag.key === key)?.id;
  return (
    <Card
      title={
        only === undefined ? 'What the flags are for this person' : 'What it is for this person'
      }
      actions={<FreshnessOf query={query} />}
    >
      <Answer query={query}>
        {(all) => {
          const shown = all.filter(({ key }) => only === undefined || key === only);
          if (shown.length === 0) {
            return <p>Nothing was answered: the flag is off, or not for programs like this one.</p>;
          }
          return (
            <DataTable
              label="Flags of this person"
              columns={columnsOf(group, idOf)}
              rows={shown}
              rowId={({ key }) => key}
            />
          );
        }}
      </Answer>
    </Card>
  );
}

const columnsOf = (
  group: number,
  idOf: (key: string) => number | undefined,
): readonly Column<Verdict>[] => [
  {
    id: 'key',
    title: 'Flag',
    width: 220,
    cell: ({ key }) => {
      const id = idOf(key);
      if (id === undefined) return <Name>{key}</Name>;
      return (
        <Link to="/$group/flags/$flag" params={{ group, flag: String(id) }}>
          <Name>{key}</Name>
        </Link>
      );
    },
  },
  {
    id: 'value',
    title: 'Value',
    width: 120,
    cell: ({ value }) => (
      <Badge tone={value === false ? 'plain' : 'good'}>
        {value === true ? 'on' : value === false ? 'off' : <Name>{value}</Name>}
      </Badge>
    ),
  },
  { id: 'why', title: 'Why', width: 320, cell: reasonWords },
  {
    id: 'payload',
    title: 'Payload',
    width: 200,
    cell: ({ payload }) => <span className="mono">{payload === '' ? '–' : payload}</span>,
  },
];
