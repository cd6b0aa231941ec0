import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FindPageFiles, type Manifest, pageFiles } from './page-files.ts';

/** The pages whose files lie beside a bundle, each in the folder of this name. */
export type PackedPage = 'docs' | 'ui';

/** The file among them that tells of the others. */
export const MANIFEST = 'manifest.json';
export const packedNames = (name: string) => ({ gzip: `${name}.gz`, brotli: `${name}.br` });

/** The files of a page beside the bundle, where `infra/build.ts` has put them. */
export const packedFiles =
  (page: PackedPage): FindPageFiles =>
  async () => {
    const folder = join(fileURLToPath(new URL('.', import.meta.url)), page);
    const manifest: Manifest = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8'));
    return pageFiles(manifest, async (name) => {
      const names = packedNames(name);
      const [gzip, brotli] = await Promise.all([
        readFile(join(folder, names.gzip)),
        readFile(join(folder, names.brotli)),
      ]);
      return { gzip, brotli };
    });
  };
