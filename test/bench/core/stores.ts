/** A table and queues as the stack makes them, in what stands in for AWS. */
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { awsClients } from '../../../functions/aws/clients.ts';
import { openDynamoTable } from '../../../functions/aws/dynamo-table.ts';
import type { QueueUrls } from '../../../functions/aws/sqs-messages.ts';
import { MAX_DELIVERIES } from '../../../functions/kernel/messages.ts';
import type { OpenTable } from './peers.ts';

/** What the SDK signs with; nobody checks it. */
export const FAKE_ACCOUNT = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
} as const;

const clientsOf = (endpoint: string) =>
  awsClients({
    endpoint,
    region: FAKE_ACCOUNT.AWS_REGION,
    credentials: {
      accessKeyId: FAKE_ACCOUNT.AWS_ACCESS_KEY_ID,
      secretAccessKey: FAKE_ACCOUNT.AWS_SECRET_ACCESS_KEY,
    },
  });

const INDEXES = ['gsi1', 'gsi2'] as const;
const keySchema = (prefix: string) => [
  { AttributeName: `${prefix}pk`, KeyType: 'HASH' as const },
  { AttributeName: `${prefix}sk`, KeyType: 'RANGE' as const },
];

const TABLE = 'bench';

/** The table of {@link createTable} as the function sees it. */
export function openDynamo(endpoint: string): OpenTable {
  const clients = clientsOf(endpoint);
  const table = openDynamoTable({ client: clients.dynamo(), tableName: TABLE });
  return { table, close: async () => clients.destroy() };
}

/** Makes a table as the stack's and tells its name. */
export async function createTable(endpoint: string, name = TABLE): Promise<string> {
  const clients = clientsOf(endpoint);
  const names = ['', ...INDEXES].flatMap((prefix) => [`${prefix}pk`, `${prefix}sk`]);
  await clients.dynamo().send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(''),
      GlobalSecondaryIndexes: INDEXES.map((IndexName) => ({
        IndexName,
        Projection: { ProjectionType: 'ALL' },
        KeySchema: keySchema(IndexName),
      })),
    }),
  );
  await clients.destroy();
  return name;
}

/** Makes a pool's queue with its dead letters. */
export async function createQueues(endpoint: string): Promise<QueueUrls> {
  const clients = clientsOf(endpoint);
  const { client } = await clients.sqs();
  const create = async (name: string, attributes: Record<string, string>): Promise<string> => {
    const command = new CreateQueueCommand({ QueueName: name, Attributes: attributes });
    return (await client.send(command)).QueueUrl ?? '';
  };
  const dlqUrl = await create('bench-dead', {});
  const described = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dlqUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: described.Attributes?.QueueArn,
    maxReceiveCount: MAX_DELIVERIES,
  });
  const queueUrl = await create('bench', { RedrivePolicy });
  await clients.destroy();
  return { queueUrl, dlqUrl };
}
