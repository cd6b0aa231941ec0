import { createCache } from '#kernel/cache.ts';
import { systemClock } from '#kernel/clock.ts';
import type { Logger, Platform, Settings } from '#kernel/context.ts';
import { randomIds } from '#kernel/ids.ts';
import type { Repositories } from '#kernel/repositories.ts';
import type { AwsOptions } from './client-options.ts';
import { awsClients } from './clients.ts';
import { openDynamoTable } from './dynamo-table.ts';
import { type BackgroundFunctions, openLambdaBackground } from './lambda-background.ts';
import { lazyPort } from './lazy-port.ts';
import type { QueueUrls } from './sqs-messages.ts';

export interface AwsPlatformOptions {
  readonly tableName: string;
  readonly bucket: string;
  /** By the pool's name. */
  readonly queues: { readonly [pool: string]: QueueUrls };
  /** Without it nothing goes on in the background. */
  readonly background?: BackgroundFunctions | undefined;
  readonly repositories: Repositories;
  readonly settings: Settings;
  readonly log: Logger;
  readonly aws?: AwsOptions;
}

/** The platform in an AWS account (or an emulator of one). */
export function awsPlatform(options: AwsPlatformOptions): Platform {
  const clients = awsClients(options.aws);
  const clock = systemClock;
  return {
    table: openDynamoTable({ tableName: options.tableName, client: clients.dynamo() }),
    blobs: lazyPort(async () => {
      const { openS3Blobs } = await import('./s3-blobs.ts');
      return openS3Blobs({ bucket: options.bucket, kit: clients.s3 });
    }),
    messages: lazyPort(async () => {
      const { openSqsMessages } = await import('./sqs-messages.ts');
      return openSqsMessages({ kit: clients.sqs, queues: options.queues });
    }),
    background: openLambdaBackground({ kit: clients.lambda, functions: options.background }),
    repositories: options.repositories,
    cache: createCache(clock),
    clock,
    ids: randomIds,
    settings: options.settings,
    log: options.log,
  };
}
