import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamoClient } from '#aws/dynamo-client.ts';

const namesOf = (client: DynamoDBClient): readonly string[] =>
  client.middlewareStack.identify().map((step) => step.split(' ')[0] ?? '');

it('leaves out of each call exactly the three steps that nothing needs', () => {
  const options = { region: 'us-east-1' };

  const [usual, ours] = [new DynamoDBClient(options), dynamoClient(options)].map(namesOf);

  expect(usual?.filter((step) => !ours?.includes(step)).sort()).toEqual([
    'getUserAgentMiddleware',
    'loggerMiddleware',
    'recursionDetectionMiddleware',
  ]);
  expect(ours).toEqual(usual?.filter((step) => ours?.includes(step)));
  expect(ours).toContain('httpSigningMiddleware');
});
