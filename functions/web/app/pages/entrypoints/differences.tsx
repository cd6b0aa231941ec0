import { CodeDiff } from '../../ui/code-diff.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Badge, Name } from '../../ui/text.tsx';
import { type ChangedValue, type Compared, changedValues } from './compare.ts';

type Side = Compared & { readonly title: string };

interface DifferencesProps {
  readonly before: Side;
  readonly after: Side;
}

const TONES = { added: 'good', removed: 'bad', changed: 'plain' } as const;

/** What two versions of an entrypoint have different. */
export function Differences({ before, after }: DifferencesProps) {
  const changes = changedValues(before, after);
  const sides = (part: 'taskGraph' | 'artifactGraph') => ({
    before: { title: before.title, text: before[part] },
    after: { title: after.title, text: after[part] },
  });
  return (
    <div className="stack">
      {changes.length === 0 ? (
        <p className="quiet">Name, description, parameters and plugins: no differences.</p>
      ) : (
        <DataTable<ChangedValue>
          label="Values that are different"
          rows={changes}
          rowId={({ what }) => what}
          columns={[
            { id: 'what', title: 'What', width: 200, cell: ({ what }) => <Name>{what}</Name> },
            {
              id: 'kind',
              title: 'Change',
              width: 100,
              cell: ({ kind }) => <Badge tone={TONES[kind]}>{kind}</Badge>,
            },
            {
              id: 'before',
              title: before.title,
              cell: (row) => <Value text={row.before} />,
            },
            { id: 'after', title: after.title, cell: (row) => <Value text={row.after} /> },
          ]}
          footer={`${changes.length} different`}
        />
      )}
      <CodeDiff label="Task graph" language="yaml" {...sides('taskGraph')} />
      <CodeDiff label="Artifact graph" language="yaml" {...sides('artifactGraph')} />
    </div>
  );
}

const Value = ({ text }: { readonly text: string }) => (
  <span title={text}>
    <Name>{text}</Name>
  </span>
);
