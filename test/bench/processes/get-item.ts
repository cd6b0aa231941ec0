/** One consistent GetItem a request behind the gateway runner: what no Lambda on DynamoDB can be below. */
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { gatewayRunner } from '../../support/gateway/runner.ts';
import { serveGateways } from './gateways.ts';

const TableName = 'bench-get-item';
const Key = { pk: { S: 'one' } };

async function openTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await client.send(
    new PutItemCommand({ TableName, Item: { ...Key, fill: { S: '.'.repeat(600) } } }),
  );
}

const client = new DynamoDBClient({});

await serveGateways(
  () =>
    gatewayRunner(async () => {
      const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await client.send(command);
      return { statusCode: 200, body: JSON.stringify(Item) };
    }),
  () => openTable(client),
);
