import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { ZipFile } from 'yazl';

/** A file as it goes into an archive; its bytes are asked for when it is its turn. */
export interface ArchiveFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly size: number;
  /** Exactly `size` bytes. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** What is large is mostly weights and images, which more effort makes no smaller. */
const LEVEL = 1;

async function addToTar(tar: Pack, { path, size, chunks }: ArchiveFile): Promise<void> {
  const sink = tar.entry({ name: path, size, mode: 0o644, mtime: new Date(0) });
  const ended = once(sink, 'close');
  // Whoever awaits it hears of a failure; nobody does when the bytes fail first.
  ended.catch(() => undefined);
  for await (const chunk of chunks()) {
    if (!sink.write(chunk)) await once(sink, 'drain');
  }
  sink.end(undefined);
  await ended;
}

async function fillTar(tar: Pack, files: readonly ArchiveFile[]): Promise<void> {
  for (const file of files) await addToTar(tar, file);
  tar.finalize();
}

export async function* tarGz(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array> {
  const tar = pack();
  const output = createGzip({ level: LEVEL });
  const fail = (error: unknown) => void output.destroy(error as Error);
  tar.on('error', fail);
  tar.pipe(output);
  fillTar(tar, files).catch(fail);
  try {
    yield* output;
  } finally {
    tar.destroy(new Error('The archive is not wanted any more.'));
    output.destroy();
  }
}

export async function* zip(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array> {
  const archive = new ZipFile();
  const output = new PassThrough();
  let reading: Readable | undefined;
  const fail = (error: unknown) => void output.destroy(error as Error);
  archive.on('error', fail);
  archive.outputStream.pipe(output);
  // Zip's clock starts in 1980 and knows no time zone.
  const mtime = new Date(1980, 0, 1);
  for (const { path, size, chunks } of files) {
    const options = {
      mtime,
      mode: 0o100644,
      forceDosTimestamp: true,
      size,
      compressionLevel: LEVEL,
    };
    archive.addReadStreamLazy(path, options, (open) => {
      reading = Readable.from(chunks()).on('error', fail);
      open(null, reading);
    });
  }
  archive.end();
  try {
    yield* output;
  } finally {
    reading?.destroy();
    output.destroy();
  }
}
