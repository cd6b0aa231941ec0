import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type AwsClients, awsClients } from '#aws/clients.ts';
import type { QueueUrls } from '#aws/sqs-messages.ts';
import { MAX_DELIVERIES } from '#kernel/messages.ts';
import { uniqueName } from './suite.ts';

/** Clients of an emulator, configured as in production but for the endpoint. */
export const emulatorClients = (endpoint: string): AwsClients =>
  awsClients({
    endpoint,
    region: 'us-east-1',
    // What the emulator verifies the signatures of URLs with.
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

const INDEXES = ['gsi1', 'gsi2'] as const;

/** A table as the stack makes it; returns its name. */
export async function createTable(client: DynamoDBClient): Promise<string> {
  const TableName = uniqueName('table');
  const names = ['pk', 'sk', ...INDEXES.flatMap((index) => [`${index}pk`, `${index}sk`])];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: INDEXES.map((IndexName) => ({
        IndexName,
        Projection: { ProjectionType: 'ALL' },
        KeySchema: [
          { AttributeName: `${IndexName}pk`, KeyType: 'HASH' },
          { AttributeName: `${IndexName}sk`, KeyType: 'RANGE' },
        ],
      })),
    }),
  );
  return TableName;
}

export async function createBucket(client: S3Client): Promise<string> {
  const Bucket = uniqueName('bucket');
  await client.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

async function createQueue(
  client: SQSClient,
  name: string,
  attributes: Record<string, string>,
): Promise<string> {
  const command = new CreateQueueCommand({ QueueName: name, Attributes: attributes });
  return (await client.send(command)).QueueUrl ?? '';
}

/** A queue and its dead-letter queue as the stack makes them. */
export async function createQueues(client: SQSClient): Promise<QueueUrls> {
  const dlqUrl = await createQueue(client, uniqueName('dead'), {});
  const arn = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: dlqUrl, AttributeNames: ['QueueArn'] }),
  );
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: arn.Attributes?.QueueArn,
    maxReceiveCount: MAX_DELIVERIES,
  });
  return { queueUrl: await createQueue(client, uniqueName('queue'), { RedrivePolicy }), dlqUrl };
}
