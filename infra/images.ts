/** The build contexts of the worker's images, one for each set of packages. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, readyImage } from './config.ts';
import { stageWorkerImage } from './image/stage.ts';
import type { ManagedPoolConfig } from './pools.ts';

/** The folder of a pool's build context: pools without packages of their own share one. */
export function imageContext({ name, requirements }: ManagedPoolConfig): string {
  return requirements === undefined ? 'worker' : `pool.${name}`;
}

/** Writes the contexts that the pools need below `directory`; ready images need none. */
export async function stageImages(config: Config, directory: string): Promise<void> {
  const pools = config.pools.filter((pool) => pool.kind === 'managed');
  const built = pools.filter((pool) => readyImage(config, pool) === undefined);
  const contexts = new Map(built.map((pool) => [imageContext(pool), pool]));
  for (const [context, { name, requirements }] of contexts) {
    if (requirements !== undefined) await requireFile(name, requirements);
    await stageWorkerImage(
      join(directory, context),
      requirements === undefined ? {} : { requirements },
    );
  }
}

async function requireFile(pool: string, path: string): Promise<void> {
  try {
    await access(path);
  } catch {
    throw new Error(
      `The pool "${pool}" wants the packages of ${path}, which is not there.` +
        ' Paths are relative to the folder of cdk.json.',
    );
  }
}
