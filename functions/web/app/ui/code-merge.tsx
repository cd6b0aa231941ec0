import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import type { CodeDiffProps } from './code-diff.tsx';
import { editorSetup, shadowOf } from './editor-setup.ts';

/** Texts that have little in common are compared for so long, then taken as altogether different. */
const diffConfig = { scanLimit: 500, timeout: 500 };
const collapseUnchanged = { margin: 3, minSize: 6 };

type Props = CodeDiffProps & { readonly beside: boolean };

function shown(props: Props, root: ShadowRoot): { destroy: () => void } {
  const { label, language, before, after, beside } = props;
  const setup = (title: string) =>
    editorSetup({ label: `${label}: ${title}`, language, readOnly: true });
  if (beside) {
    return new MergeView({
      root,
      parent: root,
      a: { doc: before.text, extensions: setup(before.title) },
      b: { doc: after.text, extensions: setup(after.title) },
      diffConfig,
      collapseUnchanged,
    });
  }
  const changes = unifiedMergeView({
    original: before.text,
    mergeControls: false,
    diffConfig,
    collapseUnchanged,
  });
  const extensions = [setup(`${before.title} and ${after.title}`), changes];
  const state = EditorState.create({ doc: after.text, extensions });
  return new EditorView({ root, parent: root, state });
}

/** The differences themselves. */
export function CodeMerge(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const { label, language, before, after, beside } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: by what the sides hold
  useEffect(() => {
    if (host.current === null) return;
    const view = shown(props, shadowOf(host.current));
    return () => view.destroy();
  }, [label, language, before.title, before.text, after.title, after.text, beside]);
  return <div ref={host} className="code-diff-view" />;
}
