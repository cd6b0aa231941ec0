import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { count, bytes as size } from '../../../data/format.ts';
import { buttonClass } from '../../../ui/button.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Answer } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import { type Content, contentQuery, downloadUrl, lastPart } from './artifact-data.ts';
import { Markdown } from './markdown.tsx';
import { type PreviewPlan, prettyJson, previewPlan, textOfBytes } from './preview-kind.ts';
import { readCsv } from './read-csv.ts';

interface PreviewProps {
  readonly run: string;
  readonly path: string;
}

const ROWS = 1_000;
const COLUMNS = 100;

/** One file, shown as far as that is safe. */
export function ArtifactPreview({ run, path }: PreviewProps) {
  const plan = previewPlan(path);
  return (
    <div className="artifact-preview">
      <header className="card-head">
        <h2>
          <Name>{path}</Name>
        </h2>
        <a className={buttonClass()} href={downloadUrl(run, path)} download={lastPart(path)}>
          Download
        </a>
      </header>
      {plan.kind === 'none' ? (
        <p className="quiet">There is no preview of files of this kind. Download it to see it.</p>
      ) : (
        <ShownFile run={run} path={path} plan={plan} />
      )}
    </div>
  );
}

/** The content of a file without its name. */
export function ShownFile({ run, path, plan }: PreviewProps & { readonly plan: PreviewPlan }) {
  const query = useQuery(contentQuery(run, path, plan.most));
  return (
    <Answer query={query} loading="Loading the file …">
      {(content) => (
        <>
          {content.cut && plan.kind !== 'image' && (
            <p className="quiet">
              The first {size(content.bytes.length)}
              {content.total !== undefined && ` of ${size(content.total)}`}; download it to see all.
            </p>
          )}
          <Shown plan={plan} content={content} name={lastPart(path)} />
        </>
      )}
    </Answer>
  );
}

interface ShownProps {
  readonly plan: PreviewPlan;
  readonly content: Content;
  readonly name: string;
}

function Shown({ plan, content, name }: ShownProps) {
  const { bytes, cut } = content;
  if (plan.kind === 'image') return <Image plan={plan} content={content} name={name} />;
  if (bytes.length === 0) return <p className="quiet">The file is empty.</p>;
  const text = textOfBytes(bytes);
  if (text === undefined) return <p className="quiet">This is no text. Download it to see it.</p>;
  if (plan.kind === 'markdown') return <Markdown text={text} />;
  if (plan.kind === 'table') {
    return <CsvTable text={text} delimiter={plan.delimiter ?? ','} cut={cut} name={name} />;
  }
  if (plan.kind === 'json') return <Source text={prettyJson(text, cut)} />;
  return (
    <>
      {plan.kind === 'source' && (
        <p className="quiet">
          Shown as its source: a file of this kind may hold scripts, which would act in your name.
        </p>
      )}
      <Source text={text} />
    </>
  );
}

const Source = ({ text }: { readonly text: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
  <pre className="artifact-text" tabIndex={0}>
    {text}
  </pre>
);

/** The bytes as the kind of image that the name says; what is none of it, the browser does not draw. */
function Image({ plan, content, name }: ShownProps) {
  const [address, setAddress] = useState<string>();
  const [broken, setBroken] = useState(false);
  const { bytes, cut } = content;
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type: plan.type ?? 'image/png' }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, plan.type]);
  if (cut) return <p className="quiet">Larger than {size(plan.most)}: download it to see it.</p>;
  if (broken) return <p className="quiet">The file is not the image that its name says.</p>;
  return address === undefined ? null : (
    <img src={address} alt={name} onError={() => setBroken(true)} />
  );
}

interface CsvProps {
  readonly text: string;
  readonly delimiter: ',' | '\t';
  readonly cut: boolean;
  readonly name: string;
}

interface CsvRow {
  readonly index: number;
  readonly cells: readonly string[];
}

function CsvTable({ text, delimiter, cut, name }: CsvProps) {
  const { head, rows, more } = useMemo(() => {
    const table = readCsv(text, delimiter, ROWS + 1);
    const [first = [], ...others] = table.rows;
    // The last line of a part of a file is perhaps none.
    const whole = cut && !table.more ? others.slice(0, -1) : others;
    return {
      head: first.slice(0, COLUMNS),
      rows: whole.map((cells, index): CsvRow => ({ index, cells })),
      more: cut || table.more,
    };
  }, [text, delimiter, cut]);
  const columns = useMemo(
    () =>
      head.map(
        (title, index): Column<CsvRow> => ({
          id: String(index),
          title: title || `Column ${index + 1}`,
          width: 130,
          numeric:
            rows.length > 0 && rows.slice(0, 50).every(({ cells }) => isNumber(cells[index])),
          cell: ({ cells }) => <Name>{cells[index] ?? ''}</Name>,
        }),
      ),
    [head, rows],
  );
  const what = more ? `The first ${count(rows.length)} rows.` : `${count(rows.length)} rows.`;
  return (
    <DataTable
      label={name}
      columns={columns}
      rows={rows}
      rowId={({ index }) => String(index)}
      height="70vh"
      footer={head.length === COLUMNS ? `${what} The first ${COLUMNS} columns.` : what}
    />
  );
}

const isNumber = (text: string | undefined): boolean =>
  text === undefined || text.trim() === '' || Number.isFinite(Number(text));
