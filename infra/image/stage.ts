/** The build context of the worker's container image. */
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { bundleEntry } from '../build.ts';

const here = dirname(fileURLToPath(import.meta.url));
const runtimes = fileURLToPath(new URL('../../functions/worker/runtimes', import.meta.url));

const REQUIREMENTS = [
  ['dioptra', 'requirements-engine.txt'],
  ['dioptra', 'requirements.txt'],
  ['mlproject', 'requirements-projects.txt'],
] as const;

export interface StageOptions {
  /** The pool's own Python packages: a complete requirements file, as `pip freeze` makes one. */
  readonly requirements?: string;
}

/**
 * Writes everything that `docker build` needs into `directory`, which it replaces. The same sources
 * give the same bytes, so that their hash names the image.
 */
export async function stageWorkerImage(
  directory: string,
  { requirements }: StageOptions = {},
): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const worker = join(directory, 'worker');
  const packages = join(directory, 'requirements');
  await mkdir(packages, { recursive: true });
  await bundleEntry('worker.container.ts', worker, [credentialsOfTask, withoutEmbedded]);
  await cp(runtimes, join(worker, 'runtimes'), {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  });
  for (const name of ['Dockerfile', 'alive.sh']) {
    await copyFile(join(here, name), join(directory, name));
  }
  for (const [runtime, name] of REQUIREMENTS) {
    await copyFile(join(runtimes, runtime, name), join(packages, name));
  }
  const pool = join(packages, 'requirements-pool.txt');
  if (requirements === undefined) await writeFile(pool, '# This pool needs no further packages.\n');
  else await copyFile(requirements, pool);
}

/** A task has its credentials from its environment or from the container's endpoint, nowhere else. */
const credentialsOfTask: Plugin = {
  name: 'credentials-of-task',
  setup({ onLoad }) {
    const chain = /@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]defaultProvider\.js$/;
    onLoad({ filter: chain }, ({ path }) => ({
      contents: `
        import { fromEnv } from '@aws-sdk/credential-provider-env';
        import { memoizeChain } from './runtime/memoize-chain';
        const soon = ({ expiration }) => expiration?.getTime() - Date.now() < 300_000;
        const endpoint = async (init) =>
          (await import('@aws-sdk/credential-provider-http')).fromHttp(init)();
        export const defaultProvider = (init = {}) =>
          memoizeChain([() => fromEnv(init)(), () => endpoint(init)], soon);`,
      resolveDir: dirname(path),
    }));
  },
};

/** The queue in a SQLite file is for one machine: in a container there is no such file. */
const withoutEmbedded: Plugin = {
  name: 'without-embedded',
  setup({ onLoad }) {
    onLoad({ filter: /functions[\\/]embedded[\\/]sqlite-messages\.ts$/ }, () => ({
      contents: `export function openSqliteMessages() {
        throw new Error('WAKE=embedded does not work in the container: use sqs or poll.');
      }`,
    }));
  },
};
