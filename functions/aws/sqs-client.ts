import type { SQSClient } from '@aws-sdk/client-sqs';
import { type AwsOptions, TIMEOUTS } from './client-options.ts';
import type { sqsSdk } from './sqs-kit.ts';

/** A client with the commands to send through it. */
export interface SqsKit {
  readonly client: SQSClient;
  readonly sdk: typeof sqsSdk;
}

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
