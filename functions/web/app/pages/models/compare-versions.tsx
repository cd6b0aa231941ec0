import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { number } from '../../data/format.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Card, ErrorNote, Loading } from '../../ui/page.tsx';
import { ownTags, promptOf, runOfVersionQuery, type Version } from './model-data.ts';

const route = getRouteApi('/signed-in/$group/models/$model');

interface CompareVersionsProps {
  readonly group: number;
  readonly first: Version;
  readonly second: Version;
}

interface Row {
  readonly name: string;
  readonly values: readonly [string, string];
}

type Pairs = readonly { readonly key: string; readonly value: string }[];

const byName = (pairs: Pairs): ReadonlyMap<string, string> =>
  new Map(pairs.map(({ key, value }) => [key, value]));

/** What two lists of pairs say, name by name. */
function rowsOf(first: Pairs, second: Pairs): readonly Row[] {
  const [a, b] = [byName(first), byName(second)];
  const names = [...new Set([...a.keys(), ...b.keys()])].sort((x, y) => x.localeCompare(y));
  return names.map((name) => ({ name, values: [a.get(name) ?? '', b.get(name) ?? ''] }));
}

/** Two versions side by side: themselves, and what the runs that made them logged. */
export function CompareVersions({ group, first, second }: CompareVersionsProps) {
  const navigate = route.useNavigate();
  const runs = [first.run_id, second.run_id].filter((id) => id !== '');
  return (
    <Card
      title={`Version ${first.version} and version ${second.version}`}
      actions={
        <div className="row">
          {runs.length === 2 && (
            <Link
              className={buttonClass()}
              to="/$group/compare"
              params={{ group }}
              search={{ runs }}
            >
              Compare their runs and curves
            </Link>
          )}
          <Button kind="quiet" onClick={() => void navigate({ search: {} })}>
            Close
          </Button>
        </div>
      }
    >
      <div className="compare-versions">
        <table>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">v{first.version}</th>
              <th scope="col">v{second.version}</th>
            </tr>
          </thead>
          <Rows title="Version" rows={rowsOf(aboutOf(first), aboutOf(second))} />
          <Rows title="Tags" rows={rowsOf(ownTags(first), ownTags(second))} />
          <OfRuns group={group} first={first} second={second} />
        </table>
      </div>
    </Card>
  );
}

/** Words that say the same about any version, with its text where it is a prompt's. */
function aboutOf(version: Version): Pairs {
  const text = promptOf(version);
  return [
    { key: 'Stage', value: version.current_stage },
    { key: 'Source', value: version.source },
    { key: 'Description', value: version.description ?? '' },
    ...(text === undefined ? [] : [{ key: 'Text', value: text }]),
  ];
}

function OfRuns({ group, first, second }: CompareVersionsProps) {
  const a = useQuery(runOfVersionQuery(group, first.run_id));
  const b = useQuery(runOfVersionQuery(group, second.run_id));
  const error = a.error ?? b.error;
  const waiting = [
    [first, a],
    [second, b],
  ] as const;
  const pending = waiting.some(([{ run_id: id }, { isPending }]) => id !== '' && isPending);
  if (pending || error !== null) {
    return (
      <tbody>
        <tr>
          <td colSpan={3}>{error === null ? <Loading /> : <ErrorNote error={error} />}</td>
        </tr>
      </tbody>
    );
  }
  const metrics = (run: typeof a.data): Pairs =>
    (run?.data.metrics ?? []).map(({ key, value }) => ({ key, value: number(Number(value)) }));
  return (
    <>
      <Rows
        title="Params of the run"
        rows={rowsOf(a.data?.data.params ?? [], b.data?.data.params ?? [])}
      />
      <Rows title="Metrics of the run" rows={rowsOf(metrics(a.data), metrics(b.data))} />
    </>
  );
}

/** Rows that differ are marked, in words too. */
const Rows = ({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) =>
  rows.length === 0 ? null : (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={3}>
          {title}
        </th>
      </tr>
      {rows.map(({ name, values: [a, b] }) => (
        <tr key={name} className={a === b ? undefined : 'differs'}>
          <th scope="row">
            <bdi>{name}</bdi>
            {a !== b && <span className="visually-hidden"> (differs)</span>}
          </th>
          <td>
            <bdi>{a}</bdi>
          </td>
          <td>
            <bdi>{b}</bdi>
          </td>
        </tr>
      ))}
    </tbody>
  );
