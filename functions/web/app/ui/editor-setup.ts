import { indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';

export type CodeLanguage = 'yaml' | 'python' | 'text';

const inks = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier], color: 'light-dark(#8a1a8f, #d79bea)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#1a6b34, #8ed8a4)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'light-dark(#9a4a00, #f0b07a)' },
  { tag: tags.comment, color: 'var(--quiet)', fontStyle: 'italic' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: 'var(--accent)',
  },
  { tag: [tags.className, tags.typeName, tags.meta], color: 'light-dark(#7a5200, #e0c37a)' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** All colours are those of the page, so that the editor follows its theme. */
const theme = EditorView.theme({
  '&': {
    color: 'var(--text)',
    backgroundColor: 'var(--card)',
    fontSize: '13px',
    border: '1px solid light-dark(#8793a0, #5b6b7c)',
    borderRadius: 'var(--radius)',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'light-dark(#bcdcfb, #2a4d73)' },
  '.cm-gutters': {
    color: 'var(--quiet)',
    backgroundColor: 'var(--sunk)',
    borderInlineEnd: '1px solid var(--line)',
  },
  '.cm-activeLine': { backgroundColor: 'light-dark(#0b62b80d, #6cb2ff12)' },
  '.cm-activeLineGutter': { color: 'var(--text)', backgroundColor: 'var(--accent-soft)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-soft)' },
  '.cm-searchMatch': { backgroundColor: 'var(--warn-soft)', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'light-dark(#f4c96b, #7a5a10)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--good-soft)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-soft)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunk)', color: 'var(--quiet)' },
  '.cm-panels': { color: 'var(--text)', backgroundColor: 'var(--sunk)' },
  '.cm-textfield': { backgroundColor: 'var(--card)', border: '1px solid var(--line)' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--card)',
    border: '1px solid var(--line)',
  },
  '.cm-tooltip': {
    color: 'var(--text)',
    backgroundColor: 'var(--card)',
    border: '1px solid var(--line)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    color: 'var(--on-accent)',
    backgroundColor: 'var(--accent)',
  },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-collapsedLines': { color: 'var(--quiet)', background: 'var(--sunk)' },
  // The sign that stands there else is in few fonts.
  '.cm-collapsedLines::before, .cm-collapsedLines::after': { content: '"…"' },
  '.cm-deletedChunk, &.cm-merge-a .cm-changedLine': { backgroundColor: 'var(--bad-soft)' },
  '.cm-insertedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--good-soft)' },
});

const languages = {
  yaml: [yaml(), indentUnit.of('  ')],
  python: [python(), indentUnit.of('    ')],
  text: [],
};

interface Setup {
  readonly label: string;
  readonly language: CodeLanguage;
  readonly readOnly: boolean;
}

/** What editors and the two sides of a difference have in common. */
export const editorSetup = ({ label, language, readOnly }: Setup): Extension => [
  basicSetup,
  languages[language],
  syntaxHighlighting(inks),
  theme,
  readOnly ? EditorState.readOnly.of(true) : [keymap.of([indentWithTab]), lintGutter()],
  EditorView.contentAttributes.of({
    'aria-label': label,
    // It can be reached by keys anyway; said in the open, tools that look for it see it, too.
    tabindex: '0',
    ...(!readOnly && { 'aria-description': 'Tab indents. Escape, then Tab leaves the editor.' }),
  }),
];

/** A place for an editor whose styles the page's policy lets through: those of shadow roots need no element. */
export function shadowOf(host: HTMLElement): ShadowRoot {
  return host.shadowRoot ?? host.attachShadow({ mode: 'open' });
}
