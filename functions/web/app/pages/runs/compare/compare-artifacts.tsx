import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { count } from '../../../data/format.ts';
import { buttonClass } from '../../../ui/button.tsx';
import { SelectField } from '../../../ui/field.tsx';
import { Answer, Card, Empty } from '../../../ui/page.tsx';
import { downloadUrl, lastPart } from '../artifacts/artifact-data.ts';
import { ShownFile } from '../artifacts/artifact-preview.tsx';
import { previewPlan } from '../artifacts/preview-kind.ts';
import { chartRun, idOf, nameOf, type Run } from '../run-data.ts';
import { RunLink } from '../run-link.tsx';
import { RUNS_WITH_FILES, type SharedFile, sharedFilesQuery } from './compare-data.ts';
import { TextDiff } from './text-diff.tsx';

interface CompareArtifactsProps {
  readonly runs: readonly Run[];
  readonly path: string | undefined;
  readonly onPath: (path: string | undefined) => void;
}

/** Files of the same path beside each other. */
export function CompareArtifacts({ runs, path, onPath }: CompareArtifactsProps) {
  const query = useQuery(sharedFilesQuery(runs));
  return (
    <Answer query={query} loading="Looking for files …">
      {({ files, more }) => {
        const shown = files.find((file) => file.path === path) ?? files[0];
        if (shown === undefined) return <Empty title="These runs have no artifacts" />;
        return (
          <Card title="Artifacts">
            <SelectField
              label="File"
              value={shown.path}
              onChange={({ target }) => onPath(target.value)}
              hint={
                more ? 'Of runs with many files only the first hundreds are listed.' : undefined
              }
            >
              {files.map((file) => (
                <option key={file.path} value={file.path}>
                  {file.path} (in {file.runs.length} of {Math.min(runs.length, RUNS_WITH_FILES)})
                </option>
              ))}
            </SelectField>
            {runs.length > RUNS_WITH_FILES && (
              <p className="quiet">
                The files of the first {RUNS_WITH_FILES} of {count(runs.length)} runs.
              </p>
            )}
            <Beside key={shown.path} file={shown} runs={runs} />
          </Card>
        );
      }}
    </Answer>
  );
}

interface BesideProps {
  readonly file: SharedFile;
  readonly runs: readonly Run[];
}

function Beside({ file, runs }: BesideProps) {
  const plan = previewPlan(file.path);
  const having = runs.filter((run) => file.runs.includes(idOf(run)));
  const differ = plan.kind !== 'image' && plan.kind !== 'none' && having.length > 1;
  const [whole, setWhole] = useState(false);
  return (
    <>
      {differ && <Differences file={file} runs={having} />}
      {differ ? (
        <details onToggle={({ currentTarget }) => setWhole(currentTarget.open)}>
          <summary>The whole files</summary>
          {whole && <Files file={file} runs={having} />}
        </details>
      ) : (
        <Files file={file} runs={having} />
      )}
    </>
  );
}

function Files({ file, runs }: BesideProps) {
  const plan = previewPlan(file.path);
  return (
    <div className="side-by-side">
      {runs.map((run) => (
        <section key={idOf(run)} aria-label={nameOf(run)}>
          <h3>
            <RunLink run={chartRun(run)} />
          </h3>
          {plan.kind === 'none' ? (
            <p className="quiet">There is no preview of files of this kind.</p>
          ) : (
            <ShownFile run={idOf(run)} path={file.path} plan={plan} />
          )}
          <p>
            <a
              className={buttonClass('quiet')}
              href={downloadUrl(idOf(run), file.path)}
              download={lastPart(file.path)}
            >
              Download<span className="visually-hidden"> of {nameOf(run)}</span>
            </a>
          </p>
        </section>
      ))}
    </div>
  );
}

function Differences({ file, runs }: BesideProps) {
  const [ids, setIds] = useState<readonly [string?, string?]>([]);
  const pick = (id: string | undefined, usual: number): Run | undefined =>
    runs.find((run) => idOf(run) === id) ?? runs[usual];
  const [a, b] = [pick(ids[0], 0), pick(ids[1], 1)];
  if (a === undefined || b === undefined) return null;
  return (
    <div className="stack">
      <div className="row">
        <RunSelect label="Left" runs={runs} run={a} onRun={(id) => setIds([id, idOf(b)])} />
        <RunSelect label="Right" runs={runs} run={b} onRun={(id) => setIds([idOf(a), id])} />
      </div>
      <TextDiff path={file.path} plan={previewPlan(file.path)} a={a} b={b} />
    </div>
  );
}

interface RunSelectProps {
  readonly label: string;
  readonly runs: readonly Run[];
  readonly run: Run;
  readonly onRun: (id: string) => void;
}

const RunSelect = ({ label, runs, run, onRun }: RunSelectProps) => (
  <SelectField label={label} value={idOf(run)} onChange={({ target }) => onRun(target.value)}>
    {runs.map((each) => (
      <option key={idOf(each)} value={idOf(each)}>
        {nameOf(each)}
      </option>
    ))}
  </SelectField>
);
