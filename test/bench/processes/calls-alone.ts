/**
 * What no function on DynamoDB can be below, behind the gateway runner: one consistent GetItem for
 * what reads; for what creates, a number and a transaction of four puts under conditions.
 */
import { randomUUID } from 'node:crypto';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { gatewayRunner } from '../../support/gateway/runner.ts';
import { createTable } from '../core/stores.ts';
import { type GatewayInput, serveGateways } from './gateways.ts';

export interface CallsAloneInput extends GatewayInput {
  readonly endpoint: string;
}

const TableName = 'bench-calls-alone';
const Key = { pk: { S: 'one' }, sk: { S: 'row' } };
const number = { pk: { S: 'number' }, sk: { S: 'row' } };
/** About as long as an experiment, and as its entries in a list and in the record of changes. */
const FILL = '.'.repeat(600);
const PUT_BYTES = [250, 50, 250, 500];

async function openTable({ endpoint }: CallsAloneInput): Promise<void> {
  await createTable(endpoint, TableName);
  await client.send(new PutItemCommand({ TableName, Item: { ...Key, fill: { S: FILL } } }));
}

const client = new DynamoDBClient({});

async function read(): Promise<object> {
  const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
  return { body: JSON.stringify((await client.send(command)).Item) };
}

async function create(): Promise<object> {
  await client.send(
    new UpdateItemCommand({
      TableName,
      Key: number,
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  const ClientRequestToken = randomUUID();
  await client.send(
    new TransactWriteItemsCommand({
      ClientRequestToken,
      TransactItems: PUT_BYTES.map((bytes, at) => ({
        Put: {
          TableName,
          Item: {
            pk: { S: `${ClientRequestToken}#${at}` },
            sk: { S: 'row' },
            fill: { S: '.'.repeat(bytes) },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      })),
    }),
  );
  return { body: JSON.stringify({ fill: FILL }) };
}

await serveGateways<CallsAloneInput>(
  () =>
    gatewayRunner(async ({ requestContext }) => ({
      statusCode: 200,
      ...(await (requestContext.http.method === 'POST' ? create() : read())),
    })),
  openTable,
);
