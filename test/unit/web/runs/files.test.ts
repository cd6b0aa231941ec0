import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  prettyJson,
  previewPlan,
  textOfBytes,
} from '../../../../functions/web/app/pages/runs/artifacts/preview-kind.ts';
import { readCsv } from '../../../../functions/web/app/pages/runs/artifacts/read-csv.ts';
import {
  readInline,
  readMarkdown,
} from '../../../../functions/web/app/pages/runs/artifacts/read-markdown.ts';

const rows = (text: string) => readCsv(text, ',', 1000).rows;

describe('CSV', () => {
  it('has rows that end with CRLF, LF or CR, the last one with or without', () => {
    expect(rows('a,b\r\nc,d\ne,f\rg,h')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['e', 'f'],
      ['g', 'h'],
    ]);
    expect(rows('a,b\n')).toEqual([['a', 'b']]);
    expect(rows('')).toEqual([]);
  });

  it('has quoted cells with delimiters, quotes and ends of lines', () => {
    expect(rows('"a, b","say ""hi""","two\r\nlines"\nx,"",z')).toEqual([
      ['a, b', 'say "hi"', 'two\r\nlines'],
      ['x', '', 'z'],
    ]);
  });

  it('keeps empty cells, also at the end, and drops a mark of the byte order', () => {
    expect(rows('\uFEFFa,,\n,b,')).toEqual([
      ['a', '', ''],
      ['', 'b', ''],
    ]);
  });

  it('refuses nothing: an open quote goes to the end, and what follows a quote is kept', () => {
    expect(rows('"open\nfor ever')).toEqual([['open\nfor ever']]);
    expect(rows('"a"b,c')).toEqual([['ab', 'c']]);
  });

  it('stops at so many rows, and says that there are more', () => {
    expect(readCsv('1\n2\n3', ',', 2)).toEqual({ rows: [['1'], ['2']], more: true });
    expect(readCsv('1\n2\n', ',', 2).more).toBe(false);
    expect(readCsv('a\tb,c', '\t', 2).rows).toEqual([['a', 'b,c']]);
  });

  it('reads what was written by the rules, whatever is in it', () => {
    const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
    const table = fc.array(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), { maxLength: 5 });
    fc.assert(
      fc.property(table, (cells) => {
        const text = cells.map((row) => row.map(quote).join(',')).join('\r\n');
        expect(rows(text)).toEqual(cells);
      }),
    );
  });
});

describe('Markdown', () => {
  it('is a list of blocks', () => {
    const text = [
      '# Title #',
      '',
      'one',
      'two',
      '',
      '- a',
      '- b',
      '  more',
      '',
      '3. x',
      '4) y',
      '',
      '> said',
      '> # by',
      '',
      '| a | b |',
      '|---|:-:|',
      '| 1 | \\| |',
      '',
      '---',
      '```py',
      '# no title',
      '```',
    ].join('\n');
    expect(readMarkdown(text)).toEqual([
      { kind: 'heading', level: 1, text: 'Title' },
      { kind: 'paragraph', text: 'one two' },
      { kind: 'list', ordered: false, items: ['a', 'b more'] },
      { kind: 'list', ordered: true, items: ['x', 'y'] },
      {
        kind: 'quote',
        blocks: [
          { kind: 'paragraph', text: 'said' },
          { kind: 'heading', level: 1, text: 'by' },
        ],
      },
      { kind: 'table', head: ['a', 'b'], rows: [['1', '|']] },
      { kind: 'rule' },
      { kind: 'code', text: '# no title' },
    ]);
  });

  it('has code, emphasis and links within lines, and no names with underscores taken for any', () => {
    expect(
      readInline('a `b*` **c** *d* my_long_name [e](https://f.test/) <http://g.test>'),
    ).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'code', text: 'b*' },
      { kind: 'text', text: ' ' },
      { kind: 'strong', text: 'c' },
      { kind: 'text', text: ' ' },
      { kind: 'emphasis', text: 'd' },
      { kind: 'text', text: ' my_long_name ' },
      { kind: 'link', text: 'e', href: 'https://f.test/' },
      { kind: 'text', text: ' ' },
      { kind: 'link', text: 'http://g.test/', href: 'http://g.test/' },
    ]);
  });

  it.each([
    'javascript:alert%281%29',
    'JaVaScRiPt:x',
    'data:text/html,x',
    '/ui/here',
    '//x.test',
    'vbscript:x',
    '\u0001javascript:x',
  ])('makes no link of %s', (address) => {
    const parts = readInline(`[click](${address})`);
    expect(parts.filter(({ kind }) => kind === 'link')).toEqual([]);
    expect(parts.map(({ text }) => text).join('')).toContain(address);
  });

  it('keeps HTML as text', () => {
    expect(readMarkdown('<script>alert(1)</script>')).toEqual([
      { kind: 'paragraph', text: '<script>alert(1)</script>' },
    ]);
  });

  it('ends, whatever it is given, in a time that grows with its length', () => {
    const parts = [
      '#',
      '>',
      '- ',
      '|',
      '---',
      '`',
      '```',
      '*',
      '**',
      '_',
      '[',
      '](',
      ')',
      '\n',
      'x ',
      '\\',
    ];
    const text = fc
      .array(fc.constantFrom(...parts), { maxLength: 200 })
      .map((list) => list.join(''));
    fc.assert(
      fc.property(text, (given) => {
        readMarkdown(given);
        readInline(given);
      }),
    );
    const hostile = [
      '> '.repeat(50_000),
      '['.repeat(100_000),
      '*a'.repeat(50_000),
      '`'.repeat(100_000),
      '- \n'.repeat(50_000),
      '|-'.repeat(50_000),
      '_a '.repeat(60_000),
      '- - '.repeat(50_000),
    ];
    for (const each of hostile) {
      const from = performance.now();
      readMarkdown(each);
      readInline(each);
      expect(performance.now() - from, each.slice(0, 8)).toBeLessThan(3_000);
    }
  });
});

describe('previews', () => {
  it('go by the end of the name, and never run what is active', () => {
    expect(previewPlan('a/b.PNG')).toMatchObject({ kind: 'image', type: 'image/png' });
    expect(previewPlan('x.svg').kind).toBe('source');
    expect(previewPlan('x.html').kind).toBe('source');
    expect(previewPlan('x.tsv')).toMatchObject({ kind: 'table', delimiter: '\t' });
    expect(previewPlan('model.safetensors').kind).toBe('none');
    expect(previewPlan('dir.png/LICENSE').kind).toBe('text');
    expect(previewPlan('constructor').kind).toBe('text');
    expect(previewPlan('x.constructor').kind).toBe('text');
  });

  it('show no bytes as text that are none', () => {
    expect(textOfBytes(new Uint8Array([1, 0, 2]))).toBeUndefined();
    expect(textOfBytes(new TextEncoder().encode('Ü'))).toBe('Ü');
  });

  it('set JSON in, and keep each number as it is written', () => {
    const text = '{"a":[1,{"b":[]}],"long":12345678901234567890,"c":"x, {y} \\"z\\"","d":1.50}';
    const shown = prettyJson(text, false);
    expect(shown.split('\n')).toEqual([
      '{',
      '  "a": [',
      '    1,',
      '    {',
      '      "b": []',
      '    }',
      '  ],',
      '  "long": 12345678901234567890,',
      '  "c": "x, {y} \\"z\\"",',
      '  "d": 1.50',
      '}',
    ]);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(JSON.stringify(JSON.parse(prettyJson(json, false)))).toBe(
          JSON.stringify(JSON.parse(json)),
        );
      }),
    );
    expect(prettyJson('{"a":', false)).toBe('{"a":');
    expect(prettyJson('[1]', true)).toBe('[1]');
  });
});
