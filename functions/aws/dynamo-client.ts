import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type AwsOptions, TIMEOUTS } from './client-options.ts';

/**
 * Steps of a call that nothing here needs: a log that is never read, the description of the caller,
 * and the guard against functions that invoke themselves. Together they take a fifth of the CPU of
 * a call, and most requests to the API make one or two.
 */
const IDLE_STEPS = ['loggerMiddleware', 'getUserAgentMiddleware', 'recursionDetectionMiddleware'];

/** Region, credentials and endpoint that are not given come from the SDK's usual sources. */
export function dynamoClient(options: AwsOptions): DynamoDBClient {
  const client = new DynamoDBClient({
    ...options,
    requestHandler: { ...TIMEOUTS, socketTimeout: 5000 },
    // The table retries by itself: it must know whether an attempt may have taken effect.
    maxAttempts: 1,
  });
  for (const step of IDLE_STEPS) client.middlewareStack.remove(step);
  return client;
}
