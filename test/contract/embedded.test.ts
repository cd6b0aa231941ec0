import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { openSqliteTable } from '#embedded/sqlite-table.ts';
import { movableClock } from '../support/clock.ts';
import { openServedBlobs } from '../support/file-blobs.ts';
import { blobsContract } from './blobs.suite.ts';
import { messagesContract } from './messages.suite.ts';
import { uniqueName } from './suite.ts';
import { tableContract } from './table.suite.ts';

tableContract('embedded, in memory', async () => {
  const table = openSqliteTable(':memory:');
  return { table, close: async () => table.close() };
});

tableContract('embedded, in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-table-'));
  const table = openSqliteTable(join(folder, 'table.sqlite'));
  return {
    table,
    close: async () => {
      table.close();
      await rm(folder, { recursive: true });
    },
  };
});

blobsContract('embedded', async () => {
  const { blobs, clock, close } = await openServedBlobs();
  return { blobs, close, elapse: async (seconds) => clock.advance(seconds * 1000) };
});

messagesContract('embedded', async () => {
  const clock = movableClock();
  const messages = openSqliteMessages(':memory:', { clock });
  return {
    messages,
    freshQueue: async () => uniqueName('queue'),
    elapse: async (seconds) => clock.advance(seconds * 1000),
    close: async () => messages.close(),
  };
});
