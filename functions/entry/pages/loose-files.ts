import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Contents, manifestOf, type PageFiles, pageFiles } from './page-files.ts';

const compress = promisify(gzip);

/** Files as they are on this machine, compressed when they are asked for. */
export const looseFiles = (contents: Contents): PageFiles =>
  pageFiles(manifestOf(contents), async (name) => ({
    gzip: await compress(contents.get(name) ?? ''),
  }));
