import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Duck, openDuck } from '#duckdb/instance.ts';
import { openParquet } from '#duckdb/parquet.ts';
import type { Blobs } from '#kernel/blobs.ts';
import type { RowShape } from '#kernel/parquet.ts';
import { type TestApp, testApp } from '../../support/app.ts';
import '../../support/property-seed.ts';

const root = mkdtempSync(join(tmpdir(), 'assay-parquet-'));
let app: TestApp;
let blobs: Blobs;
let duck: Duck;
beforeAll(async () => {
  app = testApp();
  blobs = app.platform.blobs;
  const folder = join(root, 'read');
  mkdirSync(folder);
  duck = await openDuck({ folder, memoryMb: 128, spillMb: 64, threads: 1 });
});
afterAll(async () => {
  await duck.close();
  await app.close();
  rmSync(root, { recursive: true });
});

const SHAPE: RowShape = {
  columns: [
    { name: 'id', type: 'text' },
    { name: 'at', type: 'time' },
    { name: 'what', type: 'json' },
    { name: 'note', type: 'text' },
  ],
  unique: 'id',
  keep: 'at',
  order: ['note'],
};

interface Row {
  readonly id: string;
  readonly at: string;
  readonly what: unknown;
  readonly note?: string | undefined;
}

let made = 0;
const parquet = () => {
  made += 1;
  const folder = join(root, String(made));
  return openParquet({ blobs, folder, memoryMb: 128, threads: 1, diskMb: 64 });
};
const putLines = (key: string, rows: readonly unknown[]) =>
  blobs.put(key, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));

async function rowsOf(key: string): Promise<readonly Record<string, unknown>[]> {
  const file = join(root, 'read', 'one.parquet');
  writeFileSync(file, (await blobs.get(key)) ?? '');
  return duck.all(
    `SELECT id, strftime("at", '%Y-%m-%dT%H:%M:%S.%fZ') AS "at", what, note FROM '${file}'`,
  );
}

const at = (second: number): string =>
  `2026-01-01T00:00:${String(second).padStart(2, '0')}.000001Z`;

describe('a merge of rows', () => {
  it('has each id once, the earliest, from lines and files, in order', async () => {
    const { merge } = parquet();
    await putLines('m/1.ndjson.gz', [
      { id: 'a', at: at(2), what: { n: 1 }, note: 'z' },
      { id: 'b', at: at(2), what: [1, 'x'], note: 'y' },
    ]);
    await putLines('m/2.ndjson.gz', [
      { id: 'a', at: at(1), what: { n: 2 }, note: 'x' },
      { id: 'c', at: at(1), what: null },
    ]);

    const first = await merge(['m/1.ndjson.gz'], 'm/1.parquet', SHAPE);
    const second = await merge(['m/1.parquet', 'm/2.ndjson.gz'], 'm/2.parquet', SHAPE);

    expect([first, second]).toEqual([2, 3]);
    expect(await rowsOf('m/2.parquet')).toEqual([
      { id: 'a', at: at(1), what: '{"n":2}', note: 'x' },
      { id: 'b', at: at(2), what: '[1,"x"]', note: 'y' },
      { id: 'c', at: at(1), what: null, note: null },
    ]);
  });

  it('of an input that is gone writes nothing', async () => {
    const { merge } = parquet();
    await putLines('g/1.ndjson.gz', [{ id: 'a', at: at(1), what: 1 }]);

    const rows = await merge(['g/1.ndjson.gz', 'g/gone.parquet'], 'g/out.parquet', SHAPE);

    expect(rows).toBeUndefined();
    expect(await blobs.head('g/out.parquet')).toBeUndefined();
  });

  it('of what is broken fails and writes nothing, and the next goes on', async () => {
    const { merge } = parquet();
    await blobs.put('b/1.ndjson.gz', gzipSync('{"id": "a"'));
    await putLines('b/2.ndjson.gz', [{ id: 'a', at: at(1), what: 1 }]);

    const [broken, whole] = await Promise.allSettled([
      merge(['b/1.ndjson.gz'], 'b/1.parquet', SHAPE),
      merge(['b/2.ndjson.gz'], 'b/2.parquet', SHAPE),
    ]);

    expect(broken.status).toBe('rejected');
    expect(whole).toMatchObject({ status: 'fulfilled', value: 1 });
    expect(await blobs.head('b/1.parquet')).toBeUndefined();
  });

  it('keeps whatever is in rows as it is: it is data and nothing else', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom("'; DROP TABLE x; --", '$text', '"quoted"', '\\', '/etc/passwd', '\u2028'),
    );
    const number = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    );
    const row: fc.Arbitrary<Row> = fc.record({
      id: fc.uuid(),
      at: fc.constantFrom(at(1), at(2), at(59)),
      what: fc.dictionary(text, fc.oneof(text, number, fc.boolean(), fc.constant(null)), {
        noNullPrototype: true,
      }),
      note: fc.option(text, { nil: undefined }),
    });
    const rows = fc.uniqueArray(row, { minLength: 1, maxLength: 6, selector: ({ id }) => id });
    const { merge } = parquet();
    let files = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        files += 1;
        await putLines(`p/${files}.ndjson.gz`, given);
        await merge([`p/${files}.ndjson.gz`], `p/${files}.a.parquet`, SHAPE);
        await merge([`p/${files}.a.parquet`], `p/${files}.b.parquet`, SHAPE);

        const found = await rowsOf(`p/${files}.b.parquet`);
        const byId = (some: readonly object[]) =>
          some.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
        // The engine writes numbers in its own way: the same ones.
        const seen = found.map(({ what, ...rest }) => ({
          ...rest,
          what: JSON.parse(String(what)),
        }));
        const sent = given.map(({ note = null, id, at: time, what }) => ({
          id,
          at: time,
          note,
          what,
        }));
        expect(byId(seen)).toEqual(byId(sent));
      }),
      { numRuns: 25 },
    );
  });
});
