import { afterAll, describe, it } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { startDynamoDbLocal } from '../../infra/local/dynamodb-local.ts';
import { createTable, emulatorClients } from './aws-support.ts';
import { tableContract } from './table.suite.ts';

let reason = '';
const local = await startDynamoDbLocal((text) => {
  reason = text;
});
afterAll(() => local?.stop());

if (local === undefined) {
  describe('table contract: DynamoDB Local', () => it.skip(reason));
} else {
  tableContract('DynamoDB Local', async () => {
    const clients = emulatorClients(local.endpoint);
    const client = clients.dynamo();
    const table = openDynamoTable({ client, tableName: await createTable(client) });
    return { table, close: () => clients.destroy() };
  });
}
