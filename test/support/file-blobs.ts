import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileBlobs, openFileBlobs } from '#embedded/file-blobs.ts';
import { type BlobServer, serveBlobs } from './blob-server.ts';
import { type MovableClock, movableClock } from './clock.ts';

export interface ServedBlobs {
  readonly blobs: FileBlobs;
  readonly clock: MovableClock;
  readonly folder: string;
  close(): Promise<void>;
}

/** Embedded blobs in a temporary folder, with their signed URLs served on a loopback port. */
export const openServedBlobs = async (): Promise<ServedBlobs> => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-blobs-'));
  const clock = movableClock();
  let server: BlobServer | undefined;
  const blobs = openFileBlobs({
    folder,
    clock,
    secret: 'a secret of these tests only',
    baseUrl: () => server?.url ?? '',
  });
  server = await serveBlobs(blobs.handleRequest);
  const { close } = server;
  return {
    blobs,
    clock,
    folder,
    close: async () => {
      await close();
      blobs.close();
      await rm(folder, { recursive: true });
    },
  };
};
