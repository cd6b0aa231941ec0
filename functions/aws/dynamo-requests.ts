import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Condition, Write } from '#kernel/table.ts';
import { encodeItem, encodeKey } from './attributes.ts';
import { conditionExpression, placeholders, updateExpression } from './expressions.ts';
import type { RetryPolicy } from './retry.ts';

/** What reads and writes of one table share. */
export interface DynamoSetup {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retry: RetryPolicy;
  /** A fresh name for each write, at most 36 characters. */
  readonly newStamp: () => string;
}

/** Members of the request for one write, alone or within a transaction. */
export function writeRequest(
  tableName: string,
  write: Write,
  condition: Condition | undefined,
  stamp?: string,
) {
  const at = placeholders();
  const update = write.kind === 'update' ? updateExpression(write.changes, at, stamp) : undefined;
  const expression = condition && conditionExpression(condition, at);
  return {
    TableName: tableName,
    ...(update !== undefined && { UpdateExpression: update }),
    ...(expression !== undefined && {
      ConditionExpression: expression,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    }),
    ...at.members(),
  };
}

// In a transaction the expression is required, though it may remove what is never there.
const NO_CHANGE = {
  UpdateExpression: 'REMOVE #nothing',
  ExpressionAttributeNames: { '#nothing': '~nothing' },
};

function transactUpdate(tableName: string, write: Extract<Write, { kind: 'update' }>) {
  const { UpdateExpression, ...base } = writeRequest(tableName, write, write.if);
  const Key = encodeKey(write.key);
  if (UpdateExpression !== undefined) return { ...base, Key, UpdateExpression };
  const names = { ...base.ExpressionAttributeNames, ...NO_CHANGE.ExpressionAttributeNames };
  return { ...base, ...NO_CHANGE, Key, ExpressionAttributeNames: names };
}

export function transactItem(tableName: string, write: Write): TransactWriteItem {
  if (write.kind === 'update') return { Update: transactUpdate(tableName, write) };
  const base = writeRequest(tableName, write, write.if);
  if (write.kind === 'put') return { Put: { ...base, Item: encodeItem(write.item) } };
  const Key = encodeKey(write.key);
  if (write.kind === 'delete') return { Delete: { ...base, Key } };
  return { ConditionCheck: { ...base, Key, ConditionExpression: base.ConditionExpression } };
}
