import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import { Annotation, EditorState, type Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { CodeDiagnostic, CodeEditorProps } from './code-editor.tsx';
import { editorSetup, shadowOf } from './editor-setup.ts';

/** Marks what the page put into the editor, which nobody typed. */
const fromPage = Annotation.define<true>();

/** The offset of a line and column, within the text whatever they say. */
function offsetOf(text: Text, line: number, column = 1): number {
  const { from, to } = text.line(Math.min(Math.max(1, line), text.lines));
  return Math.min(from + Math.max(0, column - 1), to);
}

/** A finding as the editor has it; one of a line alone covers that line. */
function placed(text: Text, finding: CodeDiagnostic): Diagnostic {
  const { line, column, from, to, message, severity } = finding;
  if (from !== undefined) {
    const start = Math.min(from, text.length);
    const end = Math.min(Math.max(start, to ?? start), text.length);
    return { from: start, to: end, message, severity };
  }
  const start = offsetOf(text, line ?? 1, column);
  return { from: start, to: text.lineAt(start).to, message, severity };
}

/**
 * Typing over a selection, done by ourselves: the browser would keep its looks in a style attribute, which
 * the page's policy refuses.
 */
const typedOver = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { data, inputType } = event;
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== 'insertText' || data === null || empty || view.composing) return false;
    event.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), {
        userEvent: 'input.type',
        scrollIntoView: true,
      });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, data, insert))) view.dispatch(insert());
    return true;
  },
});

function useView(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { label, language, readOnly = false } = props;
  useEffect(() => {
    if (host.current === null) return;
    const root = shadowOf(host.current);
    const typed = EditorView.updateListener.of(({ docChanged, state, transactions }) => {
      if (!docChanged || transactions.some((each) => each.annotation(fromPage))) return;
      latest.current.onChange?.(state.doc.toString());
    });
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          editorSetup({ label, language, readOnly }),
          EditorView.theme({ '&': { height: '100%' }, '.cm-scroller': { overflow: 'auto' } }),
          typed,
          typedOver,
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
  }, [label, language, readOnly]);
  return { host, view };
}

const NONE: readonly CodeDiagnostic[] = [];

/** The editor itself. What is typed goes to `onChange`; a `value` from elsewhere replaces the text. */
export function CodeMirror(props: CodeEditorProps) {
  const { value, diagnostics = NONE, height, language, label, readOnly, ref } = props;
  const { host, view } = useView(props);
  useEffect(() => {
    const state = view.current?.state;
    if (state === undefined || state.doc.toString() === value) return;
    const changes = { from: 0, to: state.doc.length, insert: value };
    view.current?.dispatch({ changes, annotations: fromPage.of(true) });
  }, [value, view]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor made anew has none
  useEffect(() => {
    const current = view.current;
    if (current === undefined) return;
    const found = diagnostics.map((each) => placed(current.state.doc, each));
    current.dispatch(setDiagnostics(current.state, found));
  }, [diagnostics, view, language, label, readOnly]);
  useImperativeHandle(ref, () => ({
    goTo: (line, column) => {
      const current = view.current;
      if (current === undefined) return;
      const anchor = offsetOf(current.state.doc, line, column);
      current.dispatch({ selection: { anchor }, scrollIntoView: true });
      current.focus();
    },
  }));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that the editor has seen pass by
    <div
      ref={host}
      style={{ height }}
      onKeyDown={(event) => {
        // It is the way out of the editor; a dialog around it must not close.
        if (event.key === 'Escape') event.preventDefault();
      }}
    />
  );
}
