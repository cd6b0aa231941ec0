import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell } from '../../../../functions/web/app/data/csv-text.ts';
import { toCsv, toJson } from '../../../../functions/web/app/pages/experiments/runs/export-rows.ts';
import { parse } from './read-csv.ts';
import { rowOf } from './row-of.ts';

describe('runs as CSV', () => {
  it('have one line each, with the columns that are shown', () => {
    const row = rowOf('a', {
      name: 'first, "best"',
      metrics: { loss: -0.5 },
      params: { note: 'two\nlines', lr: '-1e-3' },
      start: 0,
      end: 1_500,
    });

    expect(
      toCsv([row], ['name', 'started', 'duration', 'metrics.loss', 'params.lr', 'params.note']),
    ).toBe(
      'id,name,started,duration,metrics.loss,params.lr,params.note\r\n' +
        'a,"first, ""best""",1970-01-01T00:00:00.000Z,1.5,-0.5,-1e-3,"two\nlines"\r\n',
    );
  });

  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\tx', '\rx'])('is no formula: %j', (text) => {
    expect(csvCell(text).replaceAll('"', '')).toMatch(/^'/);
  });

  it.each(['-1', '+2.5', '-1e9', '.5'])('leaves a number as it is: %s', (text) => {
    expect(csvCell(text)).toBe(text);
  });

  it('says what was logged, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (texts) => {
        const line = texts.map(csvCell).join(',');
        const read = parse(line).map((cell) => cell.replace(/^'(?=[=+\-@\t\r])/, ''));

        expect(read).toEqual(texts.map((text) => text.replace(/^'(?=[=+\-@\t\r])/, '')));
      }),
    );
  });
});

describe('runs as JSON', () => {
  it('have their values under the ids of the columns; what is no number is a text', () => {
    const row = rowOf('a', { metrics: { loss: 'NaN', acc: 1 }, params: { lr: '0.1' } });

    expect(
      JSON.parse(toJson([row], ['metrics.loss', 'metrics.acc', 'params.lr', 'params.x'])),
    ).toEqual([{ id: 'a', 'metrics.loss': 'NaN', 'metrics.acc': 1, 'params.lr': '0.1' }]);
  });
});
