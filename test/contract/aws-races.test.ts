import { afterAll, describe, it } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { startDynamoDbLocal } from '../../infra/local/dynamodb-local.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { createTable, emulatorClients } from './aws-support.ts';
import { raceContract } from './races.suite.ts';

// Both serve one request after another, so that a crowd takes long and is no closer.
const CROWD = { sameKey: 20, creates: 30, changes: 20 };

const emulator = await startTestEmulator();
let reason = '';
const local = await startDynamoDbLocal((text) => {
  reason = text;
});
afterAll(async () => {
  await emulator.stop();
  await local?.stop();
});

const tableAt = (endpoint: string) => async () => {
  const clients = emulatorClients(endpoint);
  const client = clients.dynamo();
  const table = openDynamoTable({ client, tableName: await createTable(client) });
  return { table, close: () => clients.destroy() };
};

raceContract('the emulator', tableAt(emulator.endpoint), CROWD);

if (local === undefined) {
  describe('calls that meet: DynamoDB Local', () => it.skip(reason));
} else {
  raceContract('DynamoDB Local', tableAt(local.endpoint), CROWD);
}
