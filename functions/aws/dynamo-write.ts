import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { invalid, unavailable } from '#kernel/errors.ts';
import { type Changes, isAside, type Key, type Write, type WriteOutcome } from '#kernel/table.ts';
import { decodeItem, encodeItem, encodeKey, STAMP, type WireItem } from './attributes.ts';
import { type DynamoSetup, writeRequest } from './dynamo-requests.ts';
import { factsOf } from './failures.ts';
import { type Past, retrying } from './retry.ts';

type SingleWrite = Exclude<Write, { kind: 'check' }>;

/** Applying it twice is not the same as applying it once. */
const accumulates = ({ add, append }: Changes): boolean =>
  Object.keys(add ?? {}).length > 0 || Object.keys(append ?? {}).length > 0;

// A retry must recognise what its own earlier attempt left behind. Unconditional writes that set
// the same values again need no stamp, nor does what is written aside.
const needsStamp = (write: SingleWrite): boolean =>
  write.kind === 'put'
    ? write.if !== undefined
    : write.kind === 'update' &&
      (write.if !== undefined || (accumulates(write.changes) && !isAside(write)));

async function send(
  { client, tableName }: DynamoSetup,
  write: SingleWrite,
  stamp: string | undefined,
): Promise<WriteOutcome> {
  // What accumulates is applied at most once while no other stamped write comes between an attempt
  // whose answer was lost and its retry; sums whose every step matters belong in transactions.
  const unlessStamped = write.kind === 'update' && accumulates(write.changes);
  const base = writeRequest(tableName, write, stamp === undefined ? {} : { stamp, unlessStamped });
  if (write.kind === 'put') {
    await client.send(new PutItemCommand({ ...base, Item: encodeItem(write.item, stamp) }));
    return { ok: true };
  }
  const Key = encodeKey(write.key);
  if (write.kind === 'delete') {
    await client.send(new DeleteItemCommand({ ...base, Key }));
    return { ok: true };
  }
  const done = await client.send(new UpdateItemCommand({ ...base, Key, ReturnValues: 'ALL_NEW' }));
  return done.Attributes === undefined
    ? { ok: true }
    : { ok: true, item: decodeItem(done.Attributes) };
}

const success = (write: SingleWrite, item: WireItem): WriteOutcome =>
  write.kind === 'update' ? { ok: true, item: decodeItem(item) } : { ok: true };

const carries = (item: WireItem | undefined, stamp: string | undefined): item is WireItem =>
  stamp !== undefined && item?.[STAMP]?.S === stamp;

/**
 * A refusal is believed unless an earlier attempt, whose answer was lost, may have caused it:
 * our stamp on the item (or, for a delete, no item) shows that it did; another stamp leaves it
 * open, since a third party may have written after us.
 */
function judge(
  write: SingleWrite,
  refusal: ConditionalCheckFailedException,
  stamp: string | undefined,
  past: Past,
): WriteOutcome {
  const item = refusal.Item;
  if (carries(item, stamp)) return success(write, item);
  // The SDK may have been given retries of its own.
  if (!past.unknown && factsOf(refusal).attempts === 1) {
    return item === undefined ? { ok: false } : { ok: false, item: decodeItem(item) };
  }
  if (write.kind === 'delete' && item === undefined) return { ok: true };
  throw unavailable('The outcome of the write could not be determined.', refusal);
}

/**
 * One put, update or delete; a retry of it never turns its success into a refusal. `lookUp` reads
 * an item as it is now, for when every answer was lost.
 */
export async function writeOne(
  setup: DynamoSetup,
  write: Write,
  lookUp: (key: Key) => Promise<WireItem | undefined>,
): Promise<WriteOutcome> {
  if (write.kind === 'check') {
    throw invalid('check_outside_transaction', 'A check is for transactions only.');
  }
  const stamp = needsStamp(write) ? setup.newStamp() : undefined;
  const past: Past = { unknown: false };
  const attempt = async () => {
    try {
      return await send(setup, write, stamp);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return judge(write, error, stamp, past);
    }
  };
  try {
    return await retrying(setup.retry, attempt, past);
  } catch (error) {
    if (!past.unknown || stamp === undefined) throw error;
    const item = await lookUp(write.kind === 'put' ? write.item : write.key).catch(() => undefined);
    if (carries(item, stamp)) return success(write, item);
    throw error;
  }
}
