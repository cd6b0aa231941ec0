import { basename } from 'node:path';
import { type Bundle, staticClosure } from '../../../infra/build.ts';

export interface BundleSize {
  readonly bundle: string;
  /** What loads before the first request. */
  readonly startBytes: number;
  /** The most that has loaded after a request of one dialect, whatever credential it shows. */
  readonly withOneDialect: readonly { readonly dialect: string; readonly bytes: number }[];
  readonly totalBytes: number;
}

const DIALECT = /^functions\/surfaces\/([^/]+)\/dialect\.ts$/;
/** Dialects that are made of the parts of another one. */
const MADE_OF: { readonly [dialect: string]: string } = { oracle: 'mlflow' };
/** What is looked up for those who show a token of a worker or job. */
const TOKENS = 'functions/domain/jobs/tokens.ts';

/**
 * Start and, for each dialect, start and that dialect's chunks together. One in parts stands here
 * once for each: what else of its folder waits behind an `import()` counts as a part.
 */
export function sizeOf({ name, metafile, startBytes, totalBytes }: Bundle): BundleSize {
  const { outputs } = metafile;
  const chunks = new Map(
    Object.entries(outputs).map(([path, { entryPoint }]) => [entryPoint ?? path, path]),
  );
  const start = Object.keys(outputs).filter((path) => basename(path) === 'index.mjs');
  const bytesWith = (sources: readonly string[]): number => {
    const loaded = new Set<string>();
    const paths = sources.flatMap((source) => chunks.get(source) ?? []);
    for (const path of [...start, ...paths]) staticClosure(metafile, path, loaded);
    return [...loaded].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  };
  const withOneDialect = [...chunks.keys()].flatMap((source) => {
    const dialect = DIALECT.exec(source)?.[1];
    if (dialect === undefined) return [];
    const folder = `functions/surfaces/${MADE_OF[dialect] ?? dialect}/`;
    const parts = [...chunks.keys()].filter(
      (each) => each.startsWith(folder) && !DIALECT.test(each),
    );
    const whole = { dialect, bytes: bytesWith([source, TOKENS]) };
    const inParts = parts.map((part) => ({
      dialect: `${dialect}: ${part.slice(folder.length)}`,
      bytes: bytesWith([source, part, TOKENS]),
    }));
    return inParts.length === 0 ? [whole] : inParts;
  });
  return { bundle: name, startBytes, withOneDialect, totalBytes };
}
