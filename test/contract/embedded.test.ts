import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import { openSqliteTable } from '#embedded/sqlite-table.ts';
import { stageTable } from '#kernel/staged-table.ts';
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

const atCommit = 'the store below judges values, when they are committed';
const noIndex = 'indexes show what is stored alone';

tableContract(
  'staged, over one in memory',
  async () => {
    const table = openSqliteTable(':memory:');
    return { table: stageTable(table), close: async () => table.close() };
  },
  {
    lacks: {
      'keeps minus zero as zero': atCommit,
      'drops members that are undefined': atCommit,
      'refuses an empty index key': atCommit,
      'refuses an index key that is a number': atCommit,
      'refuses NaN': atCommit,
      'refuses an infinite number': atCommit,
      'refuses the attribute __proto__': atCommit,
      'refuses half a surrogate pair': atCommit,
      'takes an item of exactly the largest size and refuses one byte more': atCommit,
      'refuses an update that makes the item too large and leaves it as it was': atCommit,
      'takes a check only in transactions': atCommit,
      'update refuses an index key that is empty': atCommit,
      'takes 100 writes, neither none nor 101, and no item twice': atCommit,
      'refuses bulk writes with a condition or to one item twice': atCommit,
      'query refuses a limit below 1': atCommit,
      'index pages are complete and without duplicates where keys tie': noIndex,
      'index reads ranges, prefixes and orders with whole items': noIndex,
      'index follows updates, removals of its keys and deletes': noIndex,
      'index leaves out items that have only one of its keys': noIndex,
    },
  },
);

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
