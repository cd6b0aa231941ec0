import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { fullTime } from '../../data/format.ts';
import { SelectField } from '../../ui/field.tsx';
import { Answer, Card } from '../../ui/page.tsx';
import { StepGraph } from '../../ui/step-graph.tsx';
import { type EntrypointVersion, versionsQuery } from './calls.ts';
import { comparedOf } from './compare.ts';
import { Differences } from './differences.tsx';
import { formOf } from './editor/form-calls.ts';
import type { EntrypointSearch } from './routes.tsx';

interface VersionsTabProps {
  readonly id: number;
  /** The newest snapshot. */
  readonly newest: number;
  readonly search: EntrypointSearch;
  readonly onSearch: (search: EntrypointSearch) => void;
}

/** Every save, and what any two of them have different. */
export function VersionsTab({ id, newest, search, onSearch }: VersionsTabProps) {
  const query = useQuery({
    ...versionsQuery(id),
    queryKey: ['entrypoint', id, 'versions', newest],
  });
  return (
    <Answer query={query}>
      {({ data }) => {
        const after = data.find(({ snapshot }) => snapshot === search.to) ?? data.at(-1);
        const before =
          data.find(({ snapshot }) => snapshot === search.from) ??
          data[data.findIndex(({ snapshot }) => snapshot === after?.snapshot) - 1];
        if (after === undefined) return <p className="quiet">There are no versions.</p>;
        const choose = (side: 'from' | 'to') => (snapshot: number) =>
          onSearch({
            tab: 'versions',
            from: before?.snapshot,
            to: after.snapshot,
            [side]: snapshot,
          });
        return (
          <div className="stack">
            <div className="grid">
              <VersionSelect
                label="Compare version"
                versions={data}
                chosen={before?.snapshot}
                onChoose={choose('from')}
              />
              <VersionSelect
                label="With version"
                versions={data}
                chosen={after.snapshot}
                onChoose={choose('to')}
              />
            </div>
            {before === undefined ? (
              <p className="quiet">There is one version only; each save makes another.</p>
            ) : (
              <Compared versions={data} before={before} after={after} />
            )}
            <Card title={titleOf(data, after)}>
              <StepGraph yaml={after.taskGraph} />
            </Card>
          </div>
        );
      }}
    </Answer>
  );
}

const titleOf = (versions: readonly EntrypointVersion[], { snapshot }: EntrypointVersion): string =>
  `Version ${versions.findIndex((each) => each.snapshot === snapshot) + 1}`;

interface VersionSelectProps {
  readonly label: string;
  readonly versions: readonly EntrypointVersion[];
  readonly chosen: number | undefined;
  readonly onChoose: (snapshot: number) => void;
}

function VersionSelect({ label, versions, chosen, onChoose }: VersionSelectProps) {
  return (
    <SelectField
      label={label}
      value={chosen ?? ''}
      onChange={({ target }) => onChoose(Number(target.value))}
    >
      {chosen === undefined && <option value="">Choose …</option>}
      {versions.toReversed().map((version) => (
        <option key={version.snapshot} value={version.snapshot}>
          {`${titleOf(versions, version)}, ${fullTime(version.snapshotCreatedOn)} (snapshot ${version.snapshot})`}
        </option>
      ))}
    </SelectField>
  );
}

interface ComparedProps {
  readonly versions: readonly EntrypointVersion[];
  readonly before: EntrypointVersion;
  readonly after: EntrypointVersion;
}

function Compared({ versions, before, after }: ComparedProps) {
  const sides = useMemo(
    () => ({
      before: { title: titleOf(versions, before), ...comparedOf(formOf(before)) },
      after: { title: titleOf(versions, after), ...comparedOf(formOf(after)) },
    }),
    [versions, before, after],
  );
  return <Differences {...sides} />;
}
