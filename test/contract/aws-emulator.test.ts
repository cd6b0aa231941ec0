import { setTimeout } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { openS3Blobs } from '#aws/s3-blobs.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { createBucket, createTable, emulatorClients } from './aws-support.ts';
import { blobsContract } from './blobs.suite.ts';
import { tableContract } from './table.suite.ts';

const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
afterAll(async () => {
  await clients.destroy();
  await emulator.stop();
});

const nothing = async () => {};

tableContract(
  'AWS adapter on the emulator',
  async () => {
    const client = clients.dynamo();
    const table = openDynamoTable({ client, tableName: await createTable(client) });
    return { table, close: nothing };
  },
  {
    lacks: {
      'update refuses to append to a number': 'its list_append replaces what is no list',
    },
  },
);

blobsContract(
  'AWS adapter on the emulator',
  async () => {
    const { client } = await clients.s3();
    const blobs = openS3Blobs({ bucket: await createBucket(client), kit: clients.s3 });
    return { blobs, elapse: (seconds) => setTimeout(seconds * 1000), close: nothing };
  },
  {
    lacks: {
      'a signed PUT takes no header of the store that it does not cover':
        'it takes headers that are not signed, which S3 refuses',
      'a URL that lost its signature is void': 'it lets anonymous requests through',
      'a completion refuses a part below 5 MiB that is not the last': 'it takes small parts',
    },
  },
);
