import type { AwsOptions, SqsKit } from './clients.ts';
import { TIMEOUTS } from './timeouts.ts';

/** SQS alone, for who needs nothing else of AWS: the worker that waits for messages. */
export async function openSqs(options: AwsOptions = {}): Promise<SqsKit> {
  const { sqsSdk: sdk } = await import('./sqs-kit.ts');
  const client = new sdk.SQSClient({
    ...options,
    requestHandler: TIMEOUTS,
    maxAttempts: 3,
    // Emulators name another host in a queue's URL than the one they are reached at.
    useQueueUrlAsEndpoint: false,
  });
  return { client, sdk };
}
