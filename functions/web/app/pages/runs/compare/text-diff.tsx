import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { bytes, count } from '../../../data/format.ts';
import { Answer } from '../../../ui/page.tsx';
import { Name } from '../../../ui/text.tsx';
import { type Content, contentQuery } from '../artifacts/artifact-data.ts';
import { type PreviewPlan, prettyJson, textOfBytes } from '../artifacts/preview-kind.ts';
import { idOf, nameOf, type Run } from '../run-data.ts';
import { type DiffRow, diffRows } from './diff-rows.ts';

interface TextDiffProps {
  readonly path: string;
  readonly plan: PreviewPlan;
  readonly a: Run;
  readonly b: Run;
}

/** A file of two runs, line by line beside each other. */
export function TextDiff({ path, plan, a, b }: TextDiffProps) {
  const left = useQuery(contentQuery(idOf(a), path, plan.most));
  const right = useQuery(contentQuery(idOf(b), path, plan.most));
  return (
    <Answer query={left} loading="Loading the files …">
      {(first) => (
        <Answer query={right} loading="Loading the files …">
          {(second) => <Diff plan={plan} a={a} b={b} first={first} second={second} path={path} />}
        </Answer>
      )}
    </Answer>
  );
}

const ROWS = 2_000;

type DiffProps = TextDiffProps & { readonly first: Content; readonly second: Content };

const shownText = ({ bytes: content, cut }: Content, plan: PreviewPlan): string | undefined => {
  const text = textOfBytes(content);
  return text !== undefined && plan.kind === 'json' ? prettyJson(text, cut) : text;
};

function Diff({ plan, a, b, first, second, path }: DiffProps) {
  const rows = useMemo(() => {
    const [left, right] = [shownText(first, plan), shownText(second, plan)];
    return left === undefined || right === undefined ? undefined : diffRows(left, right);
  }, [first, second, plan]);
  if (rows === undefined) return <p className="quiet">These are no texts.</p>;
  const cut = first.cut || second.cut;
  return (
    <>
      {cut && <p className="quiet">Only the first {bytes(plan.most)} of each are compared.</p>}
      {rows.length === 0 ? (
        <p role="status">The two are equal{cut && ' so far'}.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section className="text-diff" aria-label={`${path}, compared`} tabIndex={0}>
          <table>
            <colgroup>
              <col className="line" />
              <col />
              <col className="line" />
              <col />
            </colgroup>
            <thead>
              <tr>
                <th colSpan={2} scope="colgroup">
                  <Name>{nameOf(a)}</Name>
                </th>
                <th colSpan={2} scope="colgroup">
                  <Name>{nameOf(b)}</Name>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, ROWS).map((row, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no names
                <Row key={index} row={row} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rows.length > ROWS && (
        <p className="quiet">
          The first {count(ROWS)} of {count(rows.length)} rows.
        </p>
      )}
    </>
  );
}

function Row({ row }: { readonly row: DiffRow }) {
  if (row.kind === 'folded') {
    return (
      <tr className="folded">
        <td colSpan={4}>{count(row.lines)} equal lines</td>
      </tr>
    );
  }
  const changed = row.kind === 'changed';
  return (
    <tr>
      <td className="line">{row.a?.number}</td>
      <td className={changed && row.a !== undefined ? 'gone' : undefined}>
        {changed && row.a !== undefined && <span className="visually-hidden">Only here: </span>}
        {row.a?.text}
      </td>
      <td className="line">{row.b?.number}</td>
      <td className={changed && row.b !== undefined ? 'new' : undefined}>
        {changed && row.b !== undefined && <span className="visually-hidden">Only here: </span>}
        {row.b?.text}
      </td>
    </tr>
  );
}
