/** Assay on one machine, as `npm start` runs it: SQLite on disk, a line a request in a log file. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { jsonLog } from '../../../functions/entry/json-log.ts';
import { startLocal } from '../../../functions/entry/local.ts';
import { serveAsChild } from '../frame/child.ts';

export interface EmbeddedInput {
  readonly folder: string;
  readonly port: number;
}

export interface EmbeddedReady {
  readonly url: string;
  readonly messagesFile: string;
  readonly workerToken: string;
}

await serveAsChild(async ({ folder, port }: EmbeddedInput) => {
  const lines = createWriteStream(join(folder, 'server.log'), { flags: 'a' });
  const log = jsonLog((line) => void lines.write(`${line}\n`));
  const local = await startLocal({
    folder,
    port,
    registration: 'open',
    log,
    onRequest: (line) => log.info('request', { ...line }),
  });
  const ready: EmbeddedReady = {
    url: local.url,
    messagesFile: local.messagesFile,
    workerToken: await local.createWorkerToken(),
  };
  return { ready, close: () => local.close() };
});
