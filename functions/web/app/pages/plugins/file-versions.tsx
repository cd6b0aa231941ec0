import { useQuery } from '@tanstack/react-query';
import { fullTime } from '../../data/format.ts';
import { useGroup } from '../../data/use-group.ts';
import { Button } from '../../ui/button.tsx';
import { CodeDiff } from '../../ui/code-diff.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Answer } from '../../ui/page.tsx';
import { fileVersionsQuery, type Plugin, type PluginFile } from './calls.ts';
import type { PluginSearch } from './routes.tsx';
import { taskTexts } from './task-texts.ts';
import { fileForm } from './tasks.ts';
import { typesQuery } from './types-query.ts';

interface FileVersionsProps {
  readonly plugin: Plugin;
  readonly file: PluginFile;
  readonly search: PluginSearch;
  readonly onSearch: (search: PluginSearch) => void;
}

/** What any two versions of a file have different. */
export function FileVersions({ plugin, file, search, onSearch }: FileVersionsProps) {
  const query = useQuery(fileVersionsQuery(plugin.id, file.id));
  const types = useQuery(typesQuery(useGroup()));
  const nameOf = (id: number): string =>
    types.data?.find((type) => type.id === id)?.name ?? `type ${id}`;
  const chosen = { file: file.id, history: true } as const;
  return (
    <div className="stack">
      <div>
        <Button onClick={() => onSearch({ file: file.id })}>Back to the file</Button>
      </div>
      <Answer query={query}>
        {({ data }) => {
          const after = data.find(({ snapshot }) => snapshot === search.to) ?? data.at(-1);
          const place = data.findIndex(({ snapshot }) => snapshot === after?.snapshot);
          const before = data.find(({ snapshot }) => snapshot === search.from) ?? data[place - 1];
          if (after === undefined) return <p className="quiet">There are no versions.</p>;
          const titleOf = (version: PluginFile) =>
            `Version ${data.findIndex(({ snapshot }) => snapshot === version.snapshot) + 1}`;
          const select = (label: string, side: 'from' | 'to', at: PluginFile | undefined) => (
            <SelectField
              label={label}
              value={at?.snapshot ?? ''}
              onChange={({ target }) =>
                onSearch({
                  ...chosen,
                  from: before?.snapshot,
                  to: after.snapshot,
                  [side]: Number(target.value),
                })
              }
            >
              {at === undefined && <option value="">Choose …</option>}
              {data.toReversed().map((version) => (
                <option key={version.snapshot} value={version.snapshot}>
                  {`${titleOf(version)}, ${fullTime(version.snapshotCreatedOn)}`}
                </option>
              ))}
            </SelectField>
          );
          return (
            <>
              <div className="grid">
                {select('Compare version', 'from', before)}
                {select('With version', 'to', after)}
              </div>
              {before === undefined ? (
                <p className="quiet">There is one version only; each save makes another.</p>
              ) : (
                <Compared
                  before={{ title: titleOf(before), file: before }}
                  after={{ title: titleOf(after), file: after }}
                  nameOf={nameOf}
                />
              )}
            </>
          );
        }}
      </Answer>
    </div>
  );
}

interface Side {
  readonly title: string;
  readonly file: PluginFile;
}

interface ComparedProps {
  readonly before: Side;
  readonly after: Side;
  readonly nameOf: (type: number) => string;
}

function Compared({ before, after, nameOf }: ComparedProps) {
  const sides = (textOf: (file: PluginFile) => string) => ({
    before: { title: before.title, text: textOf(before.file) },
    after: { title: after.title, text: textOf(after.file) },
  });
  return (
    <>
      {before.file.filename !== after.file.filename && (
        <p>
          Renamed from <bdi>{before.file.filename}</bdi> to <bdi>{after.file.filename}</bdi>.
        </p>
      )}
      <CodeDiff label="Code" language="python" {...sides(({ contents }) => contents)} />
      <CodeDiff
        label="Tasks"
        language="yaml"
        {...sides((file) => taskTexts(fileForm(file), nameOf))}
      />
    </>
  );
}
