import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, inject, it } from 'vitest';

const { url, endpoint, region, env, outputs, pools } = inject('deployment');
const credentials = {
  accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
};

describe('the template, deployed by the CDK CLI', () => {
  it('answers /health through gateway and function', async () => {
    const answer = await fetch(`${url}/health`);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('apigw-requestid')).toMatch(/./);
    expect(await answer.json()).toMatchObject({ status: 'healthy', version: expect.any(String) });
  });

  it('refuses a path that nobody serves, by the router and not by the gateway', async () => {
    const answer = await fetch(`${url}/no/such/path`);

    expect(answer.status).toBe(404);
  });

  it('has the table with both indexes', async () => {
    const client = new DynamoDBClient({ endpoint, region, credentials });

    const { Table } = await client.send(new DescribeTableCommand({ TableName: outputs.TableName }));

    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName).sort()).toEqual([
      'gsi1',
      'gsi2',
    ]);
  });

  it('has a queue per pool that hands over to dead letters after five receives', async () => {
    const client = new SQSClient({ endpoint, region, credentials });

    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: pools[0]?.queueUrl,
        AttributeNames: ['RedrivePolicy'],
      }),
    );

    expect(pools.map(({ name }) => name)).toEqual(['default']);
    const redrive: unknown = JSON.parse(Attributes?.RedrivePolicy ?? '{}');
    expect(redrive).toMatchObject({ deadLetterTargetArn: expect.stringContaining('DeadLetters') });
    expect(Number(Object(redrive).maxReceiveCount)).toBe(5);
  });
});
