import { describe, expect, it } from 'vitest';
import {
  type RunsPage,
  renewed,
  unknownOf,
  without,
  withTop,
} from '../../../../functions/web/app/pages/experiments/runs/run-pages.ts';
import {
  isLocked,
  isSame,
  jobOf,
  namesIn,
  parentOf,
  secondsOf,
  valueIn,
} from '../../../../functions/web/app/pages/experiments/runs/run-row.ts';
import { rowOf } from './row-of.ts';

describe('a run in the table', () => {
  it('gives each value by its name, whatever it is called', () => {
    const row = rowOf('a', {
      metrics: { loss: 0.5, nothing: 'NaN' },
      params: { ['__proto__']: 'kept', constructor: 'yes', lr: '0.1' },
    });

    expect(valueIn(row.metrics, 'loss')).toBe(0.5);
    expect(valueIn(row.metrics, 'nothing')).toBeNaN();
    expect(valueIn(row.metrics, 'accuracy')).toBeUndefined();
    expect(valueIn(row.params, 'constructor')).toBe('yes');
    expect(valueIn(row.params, '__proto__')).toBe('kept');
    expect(valueIn(row.params, 'toString')).toBeUndefined();
  });

  it('shares names with runs that log the same', () => {
    const [a, b] = [rowOf('a', { params: { lr: '1' } }), rowOf('b', { params: { lr: '2' } })];

    expect(a.params.names).toBe(b.params.names);
    expect(valueIn(b.params, 'lr')).toBe('2');
  });

  it('reads parent, job and lock from its tags', () => {
    const tags = { 'mlflow.parentRunId': 'p', 'dioptra.jobId': '7', 'assay.lockedOn': '1' };
    const row = rowOf('a', { tags });

    expect([parentOf(row), jobOf(row), isLocked(row)]).toEqual(['p', 7, true]);
    expect(jobOf(rowOf('b', { tags: { 'dioptra.jobId': 'x' } }))).toBeUndefined();
  });

  it('lasts from its start to its end, if that is behind', () => {
    expect(secondsOf(rowOf('a', { start: 1_000, end: 3_500 }))).toBe(2.5);
    expect(secondsOf(rowOf('a', { start: 1_000 }))).toBeUndefined();
    expect(secondsOf(rowOf('a', { start: 1_000, end: 1 }))).toBeUndefined();
  });

  it('has its names listed once, in order', () => {
    const rows = [
      rowOf('a', { metrics: { loss: 1, acc: 2 } }),
      rowOf('b', { metrics: { loss: 1, zeta: 2 } }),
    ];

    expect(namesIn(rows, 'metrics')).toEqual(['acc', 'loss', 'zeta']);
  });
});

const pageOf = (...ids: readonly string[]): RunsPage => ({
  rows: ids.map((id) => rowOf(id, { metrics: { loss: 1 } })),
  next: undefined,
});
const idsOf = (pages: readonly RunsPage[]) => pages.map(({ rows }) => rows.map(({ id }) => id));

describe('loaded pages', () => {
  const pages = [pageOf('a', 'b'), pageOf('c', 'd')];

  it('stay the same where a new look sees the same', () => {
    const again = rowOf('c', { metrics: { loss: 1 } });

    expect(isSame(again, rowOf('c', { metrics: { loss: 1 } }))).toBe(true);
    expect(renewed(pages, [again])).toBe(pages);
    expect(without(pages, ['x'])).toBe(pages);
  });

  it('take a changed run in its place, and leave other pages alone', () => {
    const changed = rowOf('c', { metrics: { loss: 2 } });
    const next = renewed(pages, [changed, rowOf('new')]);

    expect(idsOf(next)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(next[0]).toBe(pages[0]);
    expect(next[1]?.rows[0]).toBe(changed);
  });

  it('notice a metric that came, a status and a tag that changed', () => {
    const row = rowOf('a', { metrics: { loss: 1 } });

    expect(isSame(row, rowOf('a', { metrics: { loss: 1, acc: 2 } }))).toBe(false);
    expect(isSame(row, rowOf('a', { metrics: { loss: 1 }, status: 'FAILED' }))).toBe(false);
    expect(isSame(row, rowOf('a', { metrics: { loss: 1 }, tags: { t: '1' } }))).toBe(false);
  });

  it('take the newest first runs above all others, each once', () => {
    const next = withTop(pages, [rowOf('new'), rowOf('c'), rowOf('a')]);

    expect(idsOf(next)).toEqual([['new', 'c', 'a', 'b'], ['d']]);
    expect(idsOf(withTop([], [rowOf('first')]))).toEqual([['first']]);
  });

  it('say which runs they lack, and lose those that are gone', () => {
    expect(unknownOf(pages, [rowOf('a'), rowOf('x')]).map(({ id }) => id)).toEqual(['x']);
    expect(idsOf(without(pages, ['b', 'c']))).toEqual([['a'], ['d']]);
  });
});
