import { randomBytes } from 'node:crypto';
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { invalid } from '#kernel/errors.ts';
import type { Table, Write } from '#kernel/table.ts';
import { decodeItem, encodeItem, encodeKey } from './attributes.ts';
import { batchGet, getItem, query } from './dynamo-read.ts';
import { checkDistinct, type DynamoSetup } from './dynamo-requests.ts';
import { transact } from './dynamo-transact.ts';
import { writeOne } from './dynamo-write.ts';
import { inParallel, slices } from './parallel.ts';
import { DEFAULT_RETRY, type RetryPolicy, retrying, TryAgain } from './retry.ts';

const MAX_BATCH_WRITE = 25;
const PARALLEL_BATCHES = 4;

type BulkWrite = Extract<Write, { kind: 'put' | 'delete' }>;

export interface DynamoTableOptions {
  readonly tableName: string;
  readonly client: DynamoDBClient;
  readonly retry?: RetryPolicy;
  readonly newStamp?: () => string;
}

const bulkRequest = (write: BulkWrite): WriteRequest =>
  write.kind === 'put'
    ? { PutRequest: { Item: encodeItem(write.item) } }
    : { DeleteRequest: { Key: encodeKey(write.key) } };

async function writeBatch(
  { client, tableName, retry }: DynamoSetup,
  batch: readonly WriteRequest[],
): Promise<void> {
  let rest: readonly WriteRequest[] = batch;
  while (rest.length > 0) {
    rest = await retrying(retry, async () => {
      const RequestItems = { [tableName]: [...rest] };
      const answer = await client.send(new BatchWriteItemCommand({ RequestItems }));
      const unwritten = answer.UnprocessedItems?.[tableName] ?? [];
      if (unwritten.length === rest.length)
        throw new TryAgain('nothing of the batch was written', { throttled: true });
      return unwritten;
    });
  }
}

async function bulk(setup: DynamoSetup, writes: readonly BulkWrite[]): Promise<void> {
  if (writes.some((write) => write.if !== undefined)) {
    throw invalid('bulk_with_condition', 'Writes in bulk must not have conditions.');
  }
  checkDistinct(writes);
  const batches = slices(writes.map(bulkRequest), MAX_BATCH_WRITE);
  await inParallel(batches, PARALLEL_BATCHES, (batch) => writeBatch(setup, batch));
}

/**
 * The table on DynamoDB: keys `pk` and `sk`, indexes `gsi1` and `gsi2` (keys `gsi1pk`, `gsi1sk`
 * and so on) that project everything. It retries by itself, so that it knows which attempts may
 * have taken effect: the client is best made with `maxAttempts: 1`.
 */
export function openDynamoTable(options: DynamoTableOptions): Table {
  const setup: DynamoSetup = {
    client: options.client,
    tableName: options.tableName,
    retry: options.retry ?? DEFAULT_RETRY,
    newStamp: options.newStamp ?? (() => randomBytes(12).toString('base64url')),
  };
  // After a write has used its retries up, one look must do.
  const lookUp: DynamoSetup = { ...setup, retry: { ...setup.retry, attempts: 1 } };
  return {
    get: async (key, read) => {
      const item = await getItem(setup, key, read?.eventual);
      return item && decodeItem(item);
    },
    batchGet: (keys, read) => batchGet(setup, keys, read?.eventual),
    query: (asked) => query(setup, asked),
    write: (write) => writeOne(setup, write, (key) => getItem(lookUp, key)),
    transact: (writes) => transact(setup, writes),
    bulk: (writes) => bulk(setup, writes),
  };
}
