import { describe, expect, it } from 'vitest';
import { filterOf } from '../../../../functions/web/app/pages/experiments/plain-search.ts';
import { askedOf, sortOf } from '../../../../functions/web/app/pages/experiments/runs/asked.ts';
import { viewsOf } from '../../../../functions/web/app/pages/experiments/runs/kept-views.ts';
import {
  columnOf,
  columnsIn,
  orderedBy,
  usualColumns,
} from '../../../../functions/web/app/pages/experiments/runs/run-columns.ts';
import { rowOf } from './row-of.ts';

describe('columns of runs', () => {
  it('are known by their ids, in which names may have dots; nonsense is none', () => {
    expect(columnOf('started')).toEqual({ kind: 'attribute', key: 'started' });
    expect(columnOf('metrics.val.loss')).toEqual({ kind: 'metrics', key: 'val.loss' });
    expect(columnOf('toString')).toBeUndefined();
    expect(columnOf('metric.loss')).toBeUndefined();
  });

  it('are ordered by a quoted name; by none that no quotes fit around', () => {
    const by = (id: string) => {
      const column = columnOf(id);
      return column && orderedBy(column);
    };
    expect(by('started')).toBe('attributes.start_time');
    expect(by('metrics.val loss')).toBe('metrics.`val loss`');
    expect(by('tags.a`b')).toBe('tags."a`b"');
    expect(by('params.a`"b')).toBeUndefined();
    expect(by('duration')).toBeUndefined();
  });

  it('are those that runs have something for, without tags that have another place', () => {
    const rows = [
      rowOf('a', { metrics: { loss: 1 }, params: { lr: '1' }, tags: { team: 'x' } }),
      rowOf('b', { tags: { 'mlflow.source.name': 'train.py', 'mlflow.parentRunId': 'a' } }),
    ];
    const known = columnsIn(rows);

    expect([known.metrics, known.params, known.tags]).toEqual([
      ['metrics.loss'],
      ['params.lr'],
      ['tags.team'],
    ]);
    expect(usualColumns(known, rows)).toContain('parent');
    expect(usualColumns(known, rows.slice(0, 1))).not.toContain('parent');
  });
});

describe('what is asked', () => {
  it('is the latest first, unless the address says otherwise', () => {
    expect(sortOf(undefined)).toEqual({ by: 'started', descending: true });
    expect(askedOf(1, '2', {}).orderBy).toEqual(['attributes.start_time DESC']);
    expect(askedOf(1, '2', { sort: 'metrics.loss' }).orderBy).toEqual(['metrics.`loss` ASC']);
    expect(askedOf(1, '2', { sort: '-nonsense' }).orderBy).toEqual([]);
  });

  it('takes words for a part of the name, and leaves a filter as it is', () => {
    expect(filterOf('', 'name')).toBe('');
    expect(filterOf('  first try ', 'name')).toBe("name ILIKE '%first try%'");
    expect(filterOf('lion-2.1', 'name')).toBe("name ILIKE '%lion-2.1%'");
    expect(filterOf('metrics.loss < 1', 'name')).toBe('metrics.loss < 1');
    expect(filterOf('tags.owner IS NULL', 'name')).toBe('tags.owner IS NULL');
    expect(filterOf("it's", 'name')).toBe("it's");
  });
});

describe('kept views', () => {
  it('are read as far as they are any', () => {
    const kept = [
      {
        name: 'best',
        search: { q: 'x', sort: '-metrics.loss', columns: ['name', 3], tab: 'about' },
      },
      { name: 4, search: {} },
      null,
      { name: 'odd', search: { view: 'nonsense' } },
    ];

    expect(viewsOf(JSON.stringify(kept))).toEqual([
      { name: 'best', search: { q: 'x', sort: '-metrics.loss', columns: ['name'] } },
      { name: 'odd', search: {} },
    ]);
    expect([viewsOf('{'), viewsOf('{}'), viewsOf(undefined)]).toEqual([[], [], []]);
  });
});
