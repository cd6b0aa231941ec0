/**
 * The readers of archives as functions and the worker ship them, bundled and loaded when one comes, and as
 * `npm start` runs them, unbundled: Node and bundlers find different names in a CommonJS package.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleEntry, staticClosure } from '../../infra/build.ts';
import { MADE_BY_PYTHON, type Python, startPython } from '../unit/archives/python-archives.ts';

let python: Python;
let folder: string;
let built: Awaited<ReturnType<typeof bundleEntry>>;
beforeAll(async () => {
  python = startPython();
  folder = mkdtempSync(join(tmpdir(), 'assay-archives-'));
  built = await bundleEntry('../archives/read-archive.ts', folder, []);
});
afterAll(async () => {
  python.close();
  await rm(folder, { recursive: true, force: true });
});

const SOURCE = new URL('../../functions/archives/read-archive.ts', import.meta.url);
const ways = { bundle: './index.mjs', source: fileURLToPath(SOURCE) };

describe.each(Object.entries(ways))('the %s', (_, module) => {
  it.each(MADE_BY_PYTHON)('reads %s, alone and without a warning', async (format) => {
    const bytes = await python.make(format, [['größe/a.txt', Buffer.from('hello')]]);
    await writeFile(join(folder, 'archive'), bytes);
    const script = `
      import { readFileSync } from 'node:fs';
      import { unpackArchive } from ${JSON.stringify(module)};
      const { files } = await unpackArchive(readFileSync('archive'), () => true);
      for (const [path, bytes] of files) console.log(path, Buffer.from(bytes).toString());`;

    const args = ['--input-type=module', '-e', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder });

    expect(stdout).toBe('größe/a.txt hello\n');
    expect(stderr).toBe('');
  });
});

it('the libraries load with the first archive of their kind', () => {
  const { outputs } = built.metafile;
  const start = Object.keys(outputs).find((path) => path.endsWith('/index.mjs')) ?? '';
  const inputsOf = (paths: Iterable<string>) =>
    [...paths].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})).join('\n');
  const libraries = ['tar-stream', 'yauzl', 'xz-decompress', 'unbzip2-stream'];

  const [atStart, inAll] = [
    inputsOf(staticClosure(built.metafile, start)),
    inputsOf(Object.keys(outputs)),
  ];
  expect(libraries.filter((name) => atStart.includes(name))).toEqual([]);
  expect(libraries.filter((name) => !inAll.includes(name))).toEqual([]);
});
