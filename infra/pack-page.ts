import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { versionOf } from '../functions/entry/docs/files.ts';
import { PACKED_FOLDER, packedName, VERSION_FILE } from '../functions/entry/docs/packed-files.ts';
import { readSources } from '../functions/entry/docs/source-files.ts';

const reader = 'functions/entry/docs/packed-files.ts';

/** Puts the files of the page /docs beside a bundle that serves them; gives their bytes, compressed. */
export async function packPage({ inputs }: Metafile, directory: string): Promise<number> {
  if (inputs[reader] === undefined) return 0;
  const contents = await readSources();
  const folder = join(directory, PACKED_FOLDER);
  await mkdir(folder);
  await writeFile(join(folder, VERSION_FILE), versionOf([...contents.values()]));
  const packed = [...contents].map(([name, content]) => ({
    file: join(folder, packedName(name)),
    bytes: gzipSync(content, { level: 9 }),
  }));
  await Promise.all(packed.map(({ file, bytes }) => writeFile(file, bytes)));
  return packed.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}
