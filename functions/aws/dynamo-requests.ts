import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { invalid } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { encodeItem, encodeKey, STAMP } from './attributes.ts';
import {
  conditionExpression,
  type Placeholders,
  placeholders,
  updateExpression,
} from './expressions.ts';
import type { RetryPolicy } from './retry.ts';

/** What reads and writes of one table share. */
export interface DynamoSetup {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly retry: RetryPolicy;
  /** A fresh name for each write, at most 36 characters. */
  readonly newStamp: () => string;
}

/** How a single write marks its item; writes in transactions need no mark. */
export interface Stamping {
  readonly stamp?: string;
  /** Refuse where the item carries the stamp already. */
  readonly unlessStamped?: boolean;
}

function condition(write: Write, at: Placeholders, { stamp, unlessStamped }: Stamping) {
  const own = write.if && conditionExpression(write.if, at);
  if (stamp === undefined || unlessStamped !== true) return own;
  const unstamped = `${at.name(STAMP)} <> ${at.value(stamp)}`;
  return own === undefined ? unstamped : `${unstamped} AND ${own}`;
}

/** Members of the request for one write, alone or within a transaction. */
export function writeRequest(tableName: string, write: Write, stamping: Stamping = {}) {
  const at = placeholders();
  const update =
    write.kind === 'update' ? updateExpression(write.changes, at, stamping.stamp) : undefined;
  const expression = condition(write, at, stamping);
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

// In a transaction the expression is required, though it may remove what no item can have.
const NO_CHANGE = {
  UpdateExpression: 'REMOVE #nothing',
  ExpressionAttributeNames: { '#nothing': '__proto__' },
};

function transactUpdate(tableName: string, write: Extract<Write, { kind: 'update' }>) {
  const { UpdateExpression, ...base } = writeRequest(tableName, write);
  const Key = encodeKey(write.key);
  if (UpdateExpression !== undefined) return { ...base, Key, UpdateExpression };
  const names = { ...base.ExpressionAttributeNames, ...NO_CHANGE.ExpressionAttributeNames };
  return { ...base, ...NO_CHANGE, Key, ExpressionAttributeNames: names };
}

export function transactItem(tableName: string, write: Write): TransactWriteItem {
  if (write.kind === 'update') return { Update: transactUpdate(tableName, write) };
  const base = writeRequest(tableName, write);
  if (write.kind === 'put') return { Put: { ...base, Item: encodeItem(write.item) } };
  const Key = encodeKey(write.key);
  if (write.kind === 'delete') return { Delete: { ...base, Key } };
  return { ConditionCheck: { ...base, Key, ConditionExpression: base.ConditionExpression } };
}

/** Throws `invalid` where two of the writes name one item. */
export function checkDistinct(writes: readonly Write[]): void {
  const keys = new Set(
    writes.map((write) => {
      const { pk, sk } = write.kind === 'put' ? write.item : write.key;
      return JSON.stringify([pk, sk]);
    }),
  );
  if (keys.size !== writes.length) {
    throw invalid('item_written_twice', 'Each write must be to another item.');
  }
}
