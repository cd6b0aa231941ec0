import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ZipFile } from 'yazl';
import type { ArchiveEntry } from './archive.ts';

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export async function tarGz(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { path, bytes } of entries) {
    tar.entry({ name: path, mode: 0o644, mtime: new Date(0) }, Buffer.from(bytes));
  }
  tar.finalize();
  return promisify(gzip)(await collect(tar));
}

export async function zip(entries: readonly ArchiveEntry[]): Promise<Uint8Array> {
  const file = new ZipFile();
  // Zip's clock starts in 1980 and knows no time zone.
  const mtime = new Date(1980, 0, 1);
  for (const { path, bytes } of entries) {
    file.addBuffer(Buffer.from(bytes), path, { mtime, mode: 0o100644, forceDosTimestamp: true });
  }
  file.end();
  return collect(file.outputStream as unknown as AsyncIterable<unknown>);
}
