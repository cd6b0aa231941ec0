import { afterAll } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { createTable, emulatorClients } from './aws-support.ts';
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
