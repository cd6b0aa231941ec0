import { lazy, type Ref, Suspense } from 'react';
import type { CodeLanguage } from './editor-setup.ts';
import './code-editor.css';

export type { CodeLanguage };

/** A finding: at a line (and column) counted from 1, or between two offsets. */
export interface CodeDiagnostic {
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
}

export interface CodeEditorHandle {
  /** Puts the cursor there, in view, and the focus into the editor. */
  readonly goTo: (line: number, column?: number) => void;
}

export interface CodeEditorProps {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly value: string;
  readonly onChange?: (value: string) => void;
  readonly diagnostics?: readonly CodeDiagnostic[];
  readonly readOnly?: boolean;
  /** CSS; it scrolls within. */
  readonly height?: string;
  readonly ref?: Ref<CodeEditorHandle>;
}

const CodeMirror = lazy(() =>
  import('./code-mirror.tsx').then((module) => ({ default: module.CodeMirror })),
);

/** An editor of code, which loads when there is one. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, height = '22rem', readOnly = false } = props;
  return (
    <div className="code-editor">
      <span className="code-editor-label" aria-hidden="true">
        {label}
      </span>
      <Suspense fallback={<div className="code-editor-waiting" style={{ height }} />}>
        <CodeMirror {...props} height={height} />
      </Suspense>
      {!readOnly && (
        <span className="code-editor-keys" aria-hidden="true">
          Tab indents; Escape, then Tab leaves. Ctrl+F searches.
        </span>
      )}
    </div>
  );
}
