/** The pieces of `npm run import`; test/conformance/mlflow-import.test.ts runs it whole. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { sumOf } from '../../infra/import/counts.ts';
import { openJournal } from '../../infra/import/journal.ts';
import { eachOf, parts } from '../../infra/import/parallel.ts';
import { shown } from '../../infra/import/progress.ts';
import { sourceHere } from '../../infra/import/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-import-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADING = { from: 'http://a', to: 'http://b', workspace: '' };
let files = 0;
const newFile = (): string => join(folder, `${files++}`, 'journal.jsonl');

describe('the journal', () => {
  it('knows after a new start what was added', () => {
    const file = newFile();
    openJournal(file, HEADING).add({ kind: 'run', from: 'r1', to: 'r2', counts: { runs: 1 } });

    const again = openJournal(file, HEADING);

    expect(again.get('run', 'r1')).toEqual({
      kind: 'run',
      from: 'r1',
      to: 'r2',
      counts: { runs: 1 },
    });
    expect(again.get('experiment', 'r1')).toBeUndefined();
    expect(again.all('run')).toHaveLength(1);
  });

  it('forgets a line that was cut short, and nothing after it', () => {
    const file = newFile();
    openJournal(file, HEADING).add({ kind: 'run', from: 'r1', to: 'r1' });
    appendFileSync(file, '{"kind":"run","from":"r2","t');

    openJournal(file, HEADING).add({ kind: 'run', from: 'r3', to: 'r3' });

    const known = openJournal(file, HEADING)
      .all('run')
      .map(({ from }) => from);
    expect(known).toEqual(['r1', 'r3']);
  });

  it('belongs to one pair of servers', () => {
    const file = newFile();
    openJournal(file, HEADING);

    expect(() => openJournal(file, { ...HEADING, to: 'http://c' })).toThrow('another import');
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('work on many', () => {
  it('is done on so many at once at most', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await sleep(5);
      running -= 1;
      done.push(item);
    });

    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('ends with the first failure, when what runs has ended', async () => {
    const begun: number[] = [];
    const work = eachOf([1, 2, 3, 4, 5, 6, 7, 8], 2, async (item) => {
      begun.push(item);
      await sleep(item === 1 ? 1 : 20);
      if (item === 1) throw new Error('of the first');
    });

    await expect(work).rejects.toThrow('of the first');
    expect(begun.length).toBeLessThan(8);
  });

  it('is split by number and by bytes, with one too large alone', () => {
    const sizes = (all: readonly (readonly string[])[]) => all.map((part) => part.length);

    expect(sizes(parts(['a', 'b', 'c', 'd', 'e'], 2, 1_000))).toEqual([2, 2, 1]);
    expect(sizes(parts(['a'.repeat(50), 'b'.repeat(50), 'c'.repeat(500), 'd'], 9, 110))).toEqual([
      2, 1, 1,
    ]);
    expect(parts([], 2, 10)).toEqual([]);
  });
});

describe('the source of a version', () => {
  const journal = openJournal(newFile(), HEADING);
  const id = 'm-0123456789abcdef0123456789abcdef';
  journal.add({
    kind: 'run',
    from: 'r1',
    to: 'R1',
    files: ['mlflow-artifacts:/1/r1/artifacts', 'mlflow-artifacts:/9/R1/artifacts'],
  });
  journal.add({
    kind: 'loggedModel',
    from: id,
    to: 'm-new',
    files: [`/mnt/mlruns/1/models/${id}/artifacts`, 'mlflow-artifacts:/9/models/m-new/artifacts'],
  });

  it.each([
    ['runs:/r1/model', { source: 'runs:/R1/model', run: 'R1' }],
    ['runs:/other/model', { source: 'runs:/other/model', run: 'other' }],
    [
      'mlflow-artifacts:/1/r1/artifacts/a b',
      { source: 'mlflow-artifacts:/9/R1/artifacts/a b', run: 'R1' },
    ],
    ['mlflow-artifacts:/1/r1/artifacts2/a', { source: 'mlflow-artifacts:/1/r1/artifacts2/a' }],
    [`models:/${id}`, { source: 'models:/m-new', loggedModel: 'm-new' }],
    [
      `/mnt/mlruns/1/models/${id}/artifacts`,
      { source: 'mlflow-artifacts:/9/models/m-new/artifacts', loggedModel: 'm-new' },
    ],
    ['models:/a name/3', { source: 'models:/a name/3' }],
    ['s3://bucket/1/r1/artifacts', { source: 's3://bucket/1/r1/artifacts' }],
  ])('%s is %j here', (source, here) => {
    expect(sourceHere(journal, source)).toEqual(here);
  });
});

it('counts are summed and shown, with nothing of what there is none of', () => {
  const sum = sumOf([
    { runs: 1_200, tags: 2 },
    { runs: 34, 'bytes of files': 1_250_000 },
  ]);

  expect(sum).toMatchObject({ runs: 1_234, tags: 2, 'bytes of files': 1_250_000, versions: 0 });
  expect(shown(sum)).toBe('1,234 runs, 2 tags, 1.3 MB');
});
