import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { type AwsOptions, TIMEOUTS } from './client-options.ts';
import { dynamoClient } from './dynamo-client.ts';
import type { lambdaSdk } from './lambda-kit.ts';
import type { s3Sdk } from './s3-kit.ts';
import { openSqs, type SqsKit } from './sqs-client.ts';

/** A client with the commands to send through it. */
export interface S3Kit {
  readonly client: S3Client;
  readonly sdk: typeof s3Sdk;
}

export interface LambdaKit {
  readonly client: LambdaClient;
  readonly sdk: typeof lambdaSdk;
}

/** Clients made on first use; all but DynamoDB's are not even loaded before. */
export interface AwsClients {
  dynamo(): DynamoDBClient;
  s3(): Promise<S3Kit>;
  sqs(): Promise<SqsKit>;
  lambda(): Promise<LambdaKit>;
  /** Closes idle connections. */
  destroy(): Promise<void>;
}

function once<T>(make: () => T): { get(): T; made(): T | undefined } {
  let value: T | undefined;
  return {
    get: () => {
      value ??= make();
      return value;
    },
    made: () => value,
  };
}

/** Region, credentials and endpoint that are not given come from the SDK's usual sources. */
export function awsClients(options: AwsOptions = {}): AwsClients {
  const shared = { ...options, requestHandler: TIMEOUTS };
  const dynamo = once(() => dynamoClient(options));
  const s3 = once(async () => {
    const { s3Sdk: sdk } = await import('./s3-kit.ts');
    const client = new sdk.S3Client({
      ...shared,
      maxAttempts: 3,
      forcePathStyle: options.endpoint !== undefined,
      // Otherwise a signed PUT would demand a CRC32 that its holder does not know of.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // The other timeout ends with the answer's first byte; this one notices a body that stalls.
      requestHandler: { ...TIMEOUTS, socketTimeout: 30_000 },
    });
    return { client, sdk };
  });
  const sqs = once(() => openSqs(options));
  const lambda = once(async () => {
    const { lambdaSdk: sdk } = await import('./lambda-kit.ts');
    return { client: new sdk.LambdaClient({ ...shared, maxAttempts: 3 }), sdk };
  });
  return {
    dynamo: dynamo.get,
    s3: s3.get,
    sqs: sqs.get,
    lambda: lambda.get,
    async destroy() {
      dynamo.made()?.destroy();
      (await s3.made())?.client.destroy();
      (await sqs.made())?.client.destroy();
      (await lambda.made())?.client.destroy();
    },
  };
}
