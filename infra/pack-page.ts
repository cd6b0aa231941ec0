import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { readSources } from '../functions/entry/docs/source-files.ts';
import { MANIFEST, type PackedPage, packedNames } from '../functions/entry/pages/packed-files.ts';
import { type Contents, manifestOf } from '../functions/entry/pages/page-files.ts';
import { readBuild } from '../functions/entry/ui/build-folder.ts';

/** The most that a function may answer, with its body as base64. */
const MAX_FILE_BYTES = 4_000_000;

const [smaller, small] = [promisify(brotliCompress), promisify(gzip)];

interface Page {
  readonly name: PackedPage;
  /** The module that reads its files beside a bundle: who holds it gets them. */
  readonly reader: string;
  readonly contents: () => Promise<Contents>;
}

/** `ui` is the folder of a build of the dashboard; without it the function has no files to answer with. */
const pagesOf = (ui: string | undefined): readonly Page[] => [
  { name: 'docs', reader: 'functions/entry/docs/packed-files.ts', contents: readSources },
  {
    name: 'ui',
    reader: 'functions/entry/ui/packed-files.ts',
    contents: async () => (ui === undefined ? new Map() : readBuild(ui)),
  },
];

/** Puts the files of pages beside a bundle that serves them; gives their bytes, compressed. */
export async function packPages(
  { inputs }: Metafile,
  directory: string,
  ui: string | undefined,
): Promise<number> {
  const pages = pagesOf(ui).filter(({ reader }) => inputs[reader] !== undefined);
  const packed = pages.map(async ({ name, contents }) =>
    packPage(await contents(), join(directory, name)),
  );
  return (await Promise.all(packed)).reduce((sum, bytes) => sum + bytes, 0);
}

/** Writes each file as gzip, which everybody can read, and as brotli, which is a fifth smaller. */
async function packPage(contents: Contents, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MANIFEST), JSON.stringify(manifestOf(contents)));
  const sizes = [...contents].map(async ([name, content]) => {
    if (content.byteLength > MAX_FILE_BYTES) {
      throw new Error(`${name} has ${content.byteLength} bytes: no function can answer with it.`);
    }
    const names = packedNames(name);
    const [gzipped, brotli] = await Promise.all([
      small(content, { level: 9 }),
      smaller(content, { params: { [zlib.BROTLI_PARAM_SIZE_HINT]: content.byteLength } }),
    ]);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, names.gzip), gzipped);
    await writeFile(join(folder, names.brotli), brotli);
    return gzipped.byteLength + brotli.byteLength;
  });
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
