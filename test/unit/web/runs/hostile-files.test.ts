import { describe, expect, it } from 'vitest';
import { prettyJson } from '../../../../functions/web/app/pages/runs/artifacts/preview-kind.ts';
import {
  readInline,
  readMarkdown,
} from '../../../../functions/web/app/pages/runs/artifacts/read-markdown.ts';

describe('hostile Markdown', () => {
  const blanks = ' '.repeat(100_000);
  it.each([
    ['blanks in a heading', `# a${blanks}b`],
    ['blanks in a line below a table head', `|\n-${blanks}x`],
    ['blanks before a separator of lines in an item', `- ${blanks}${'a'.repeat(90_000)}\u2028x`],
    ['signs behind a heading', `# a${' #'.repeat(50_000)}b`],
    ['quotes deeper than are read', '>>>>>>>>>a\n'.repeat(18_000)],
    [
      'paragraphs before deeper quotes',
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((depth) => `${'>'.repeat(depth)}p\n`).join('') +
        '>>>>>>>>>a\n'.repeat(1_000),
    ],
  ])('is read at once: %s', (_, text) => {
    const start = performance.now();
    readMarkdown(text);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('takes for no table what is wider than anybody could read', () => {
    const [block] = readMarkdown(`${'a|'.repeat(20_000)}\n${'-|'.repeat(20_000)}`);
    expect(block?.kind).toBe('paragraph');
    expect(readMarkdown(`${'a|'.repeat(20_000)}\n-`)[0]?.kind).toBe('paragraph');
  });

  it('shows a bare address as it is asked for', () => {
    expect(readInline('<https://a.test/\u202Egnp>')).toEqual([
      { kind: 'link', text: 'https://a.test/%E2%80%AEgnp', href: 'https://a.test/%E2%80%AEgnp' },
    ]);
  });
});

describe('hostile JSON', () => {
  it('does not outgrow what is nested deeply', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(prettyJson(deep, false).length).toBeLessThan(50 * deep.length);
  });
});
