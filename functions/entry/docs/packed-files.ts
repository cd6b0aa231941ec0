import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type FindPageFiles, pageFiles } from './files.ts';

/** The folder beside a bundle, and the file in it that tells the version of the others. */
export const PACKED_FOLDER = 'docs';
export const VERSION_FILE = 'version';
export const packedName = (name: string): string => `${name}.gz`;

/** The files of the page beside the bundle, where `infra/build.ts` has put them. */
export const packedFiles: FindPageFiles = async () => {
  const at = (name: string): string =>
    fileURLToPath(new URL(`./${PACKED_FOLDER}/${name}`, import.meta.url));
  return pageFiles(await readFile(at(VERSION_FILE), 'utf8'), (name) =>
    readFile(at(packedName(name))),
  );
};
