import { basename } from 'node:path';
import { type Bundle, staticClosure } from '../../../infra/build.ts';

export interface BundleSize {
  readonly bundle: string;
  /** What loads before the first request. */
  readonly startBytes: number;
  /** The most that has loaded after a request of one dialect. */
  readonly withOneDialect: { readonly dialect: string; readonly bytes: number }[];
  readonly totalBytes: number;
}

const DIALECT = /^functions\/surfaces\/([^/]+)\/dialect\.ts$/;

/** Start and, for each dialect, start and that dialect's chunks together. */
export function sizeOf({ name, metafile, startBytes, totalBytes }: Bundle): BundleSize {
  const { outputs } = metafile;
  const entry = Object.keys(outputs).find((path) => basename(path) === 'index.mjs') ?? '';
  const bytesOf = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  const withOneDialect = Object.entries(outputs).flatMap(([path, { entryPoint }]) => {
    const dialect = DIALECT.exec(entryPoint ?? '')?.[1];
    if (dialect === undefined) return [];
    const loaded = staticClosure(metafile, path, staticClosure(metafile, entry));
    return [{ dialect, bytes: bytesOf(loaded) }];
  });
  return { bundle: name, startBytes, withOneDialect, totalBytes };
}
