import { lazy, Suspense, useId, useState } from 'react';
import { Button } from './button.tsx';
import type { CodeLanguage } from './editor-setup.ts';
import { Loading } from './page.tsx';
import './code-editor.css';

export interface CodeSide {
  /** Whose text it is: "Version 3". */
  readonly title: string;
  readonly text: string;
}

export interface CodeDiffProps {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly before: CodeSide;
  readonly after: CodeSide;
}

const Merge = lazy(() =>
  import('./code-merge.tsx').then((module) => ({ default: module.CodeMerge })),
);

/** What two texts have different, beside or below each other; loads when there is something to compare. */
export function CodeDiff(props: CodeDiffProps) {
  const { label, before, after } = props;
  const [beside, setBeside] = useState(() => window.matchMedia('(min-width: 60rem)').matches);
  const heading = useId();
  if (before.text === after.text) return <p className="quiet">{label}: no differences.</p>;
  return (
    <section className="code-diff" aria-labelledby={heading}>
      <div className="row">
        <h3 id={heading}>{label}</h3>
        <Button kind="quiet" aria-pressed={beside} onClick={() => setBeside(!beside)}>
          Side by side
        </Button>
      </div>
      {beside ? (
        <div className="code-diff-sides">
          <bdi>{before.title}</bdi>
          <bdi>{after.title}</bdi>
        </div>
      ) : (
        <p className="quiet">
          Red is only in <bdi>{before.title}</bdi>, green only in <bdi>{after.title}</bdi>.
        </p>
      )}
      <Suspense fallback={<Loading what="Comparing …" />}>
        <Merge key={String(beside)} {...props} beside={beside} />
      </Suspense>
    </section>
  );
}
