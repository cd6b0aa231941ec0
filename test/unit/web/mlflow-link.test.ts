import { describe, expect, test } from 'vitest';
import { mlflowLink, mlflowLinkPage } from '../../../functions/web/app/pages/links/mlflow-link.ts';

describe('links of MLflow’s own pages', () => {
  test('name an experiment and a run of it', () => {
    expect(mlflowLink('#/experiments/26')).toEqual({ experiment: '26', run: undefined });
    const run = { experiment: '26', run: 'c1c9acac298d' };
    expect(mlflowLink('#/experiments/26/runs/c1c9acac298d')).toEqual(run);
    expect(mlflowLink('#/experiments/26/runs/c1c9acac298d/artifacts')).toEqual(run);
    expect(mlflowLink('#/experiments/0?searchFilter=x')).toEqual({ experiment: '0' });
  });

  test('name a model, which may have any letters, and a version of it', () => {
    expect(mlflowLink('#/models/a%20%26%20b')).toEqual({ model: 'a & b', version: undefined });
    expect(mlflowLink('#/models/net/versions/3')).toEqual({ model: 'net', version: 3 });
  });

  test.each([
    '',
    '#content',
    '#/experiments/',
    '#/experiments/..%2f..',
    "#/experiments/1'--",
    `#/experiments/${'1'.repeat(101)}`,
    '#/models/%E0%A4%A',
    `#/models/${'n'.repeat(251)}`,
    '#//elsewhere.invalid/experiments/1',
  ])('are no others: %s', (hash) => {
    expect(mlflowLink(hash)).toBeUndefined();
  });

  test('are looked at at the start alone', () => {
    expect(mlflowLinkPage('/ui/', '#/experiments/7')).toBe('/ui/linked?experiment=%227%22');
    expect(mlflowLinkPage('/ui/1/jobs', '#/experiments/7')).toBeUndefined();
    expect(mlflowLinkPage('/ui/', '#/models/a%22%26b')).toBe('/ui/linked?model=%22a%5C%22%26b%22');
  });
});
