/** How large an image is on its way over the network, layer by layer. */
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import * as z from 'zod';
import { docker } from './engine.ts';

/** The layers that our own Dockerfile adds to the Python base, in its order. */
const OURS = ['node', 'packages', 'health check', 'consumer', 'work folder'] as const;

const Manifest = z.tuple([z.object({ Layers: z.array(z.string()) })]);

async function compressed(file: string): Promise<number> {
  let bytes = 0;
  await pipeline(createReadStream(file), createGzip(), async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) bytes += chunk.length;
  });
  return bytes;
}

/** Compressed bytes of the base and of each layer of ours, as a registry would store them. */
export async function imageSizes(
  image: string,
  folder: string,
): Promise<ReadonlyMap<string, number>> {
  await mkdir(folder, { recursive: true });
  const saved = await docker('save', '--output', join(folder, 'image.tar'), image);
  if (saved.code !== 0) throw new Error(saved.stderr);
  spawnSync('tar', ['-C', folder, '-xf', join(folder, 'image.tar')]);
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const [{ Layers: layers }] = Manifest.parse(manifest);
  const sizes = new Map<string, number>();
  for (const [index, layer] of layers.entries()) {
    const name = OURS[index - (layers.length - OURS.length)] ?? 'Python base';
    sizes.set(name, (sizes.get(name) ?? 0) + (await compressed(join(folder, layer))));
  }
  return sizes;
}
