/** Bundles each `functions/entry/*.lambda.ts` to `dist/lambda/<name>/index.mjs` and its chunks. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build, type Metafile, type Plugin } from 'esbuild';
import { directImports } from './direct-imports.ts';
import { lateJsonSchema } from './late-json-schema.ts';
import { NATIVE, packNative } from './pack-native.ts';
import { packPages } from './pack-page.ts';
import { currentWeb } from './web/current-web.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const entries = join(root, 'functions', 'entry');
const suffix = '.lambda.ts';

export interface Bundle {
  readonly name: string;
  readonly directory: string;
  /** Bytes that load before the first request: the entry and every chunk it imports statically. */
  readonly startBytes: number;
  /** Bytes of all its code. */
  readonly totalBytes: number;
  /** Bytes of the files beside the code, which are sent and never run here. */
  readonly pageBytes: number;
  readonly metafile: Metafile;
}

/** Bundles every Lambda entry into a folder of its own under `outRoot`; `ui` is the folder of the built dashboard. */
export async function buildLambdas(outRoot: string, ui?: string): Promise<Bundle[]> {
  const files = (await readdir(entries)).filter((file) => file.endsWith(suffix)).sort();
  await mkdir(outRoot, { recursive: true });
  return Promise.all(files.map((file) => bundle(file, outRoot, ui)));
}

/** A Lambda has its credentials in its environment: the SDK need not look for them anywhere else. */
const credentialsOfEnvironment: Plugin = {
  name: 'credentials-of-environment',
  setup({ onLoad }) {
    const chain = /@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]defaultProvider\.js$/;
    onLoad({ filter: chain }, ({ path }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: dirname(path),
    }));
  },
};

/** DynamoDB's client makes a cache for addresses that it never looks up: no command of it asks for them. */
const noEndpointCache: Plugin = {
  name: 'no-endpoint-cache',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[\\/]endpoint-cache[\\/]dist-es[\\/]EndpointCache\.js$/ }, () => ({
      contents: 'export class EndpointCache {}',
    }));
  },
};

/** Bundles one file of `functions/entry` to `index.mjs` and its chunks in `outdir`. */
export const bundleEntry = (
  file: string,
  outdir: string,
  plugins: readonly Plugin[],
): Promise<BuildResult<{ metafile: true }>> =>
  build({
    absWorkingDir: root,
    entryPoints: { index: join(entries, file) },
    outdir,
    bundle: true,
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    // Without 'module' first, `await import('@aws-sdk/…')` of a CommonJS build has no named exports.
    mainFields: ['module', 'main'],
    external: [NATIVE],
    outExtension: { '.js': '.mjs' },
    // CommonJS packages (tar-stream's) require Node's own modules, which ES modules cannot.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [...plugins, directImports],
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });

async function bundle(file: string, outRoot: string, ui: string | undefined): Promise<Bundle> {
  const name = basename(file, suffix);
  const directory = join(outRoot, name);
  // Built beside and moved, so that a deploy never sees chunks of two builds.
  const fresh = `${directory}.new`;
  await rm(fresh, { recursive: true, force: true });
  const { metafile } = await bundleEntry(file, fresh, [
    credentialsOfEnvironment,
    noEndpointCache,
    lateJsonSchema,
  ]);
  const pageBytes = await packPages(metafile, fresh, ui);
  await packNative(metafile, fresh);
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
  return { name, directory, ...sizes(metafile), pageBytes, metafile };
}

function sizes(metafile: Metafile): Pick<Bundle, 'startBytes' | 'totalBytes'> {
  const paths = Object.keys(metafile.outputs);
  const entry = paths.find((path) => basename(path) === 'index.mjs');
  const bytes = (path: string): number => metafile.outputs[path]?.bytes ?? 0;
  const total = paths.reduce((sum, path) => sum + bytes(path), 0);
  const atStart = entry === undefined ? [] : [...staticClosure(metafile, entry)];
  return { startBytes: atStart.reduce((sum, path) => sum + bytes(path), 0), totalBytes: total };
}

/** Every output that loads with `start`, not counting what waits behind an `import()`. */
export function staticClosure(
  metafile: Metafile,
  start: string,
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const { path, kind, external } of metafile.outputs[start]?.imports ?? []) {
    if (kind === 'import-statement' && external !== true) staticClosure(metafile, path, seen);
  }
  return seen;
}

if (import.meta.main) {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;
  for (const { name, startBytes, totalBytes, pageBytes } of await buildLambdas(
    join(root, 'dist', 'lambda'),
    await currentWeb(),
  )) {
    const beside = pageBytes === 0 ? '' : `, and ${kilobytes(pageBytes)} of pages`;
    process.stdout.write(
      `${name}: ${kilobytes(startBytes)} at start, ${kilobytes(totalBytes)} in all${beside}\n`,
    );
  }
}
