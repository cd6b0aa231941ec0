import { randomUUID } from 'node:crypto';
import {
  type CancellationReason,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { AppError, invalid } from '#kernel/errors.ts';
import { MAX_TRANSACT_WRITES, type TransactOutcome, type Write } from '#kernel/table.ts';
import { decodeItem } from './attributes.ts';
import { checkDistinct, type DynamoSetup, transactItem } from './dynamo-requests.ts';
import { validationError } from './failures.ts';
import { retrying, TryAgain } from './retry.ts';

const THROTTLED = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);
const TRANSIENT = new Set(['TransactionConflict', ...THROTTLED]);

const refused = ({ Code }: CancellationReason): boolean => Code === 'ConditionalCheckFailed';

const refusals = (reasons: readonly CancellationReason[]): TransactOutcome => ({
  ok: false,
  refusals: reasons.map((reason) => {
    if (!refused(reason)) return undefined;
    return reason.Item === undefined ? {} : { item: decodeItem(reason.Item) };
  }),
});

/** The outcome that a cancellation means; throws where it means another try or a failure. */
function judge(cancelled: TransactionCanceledException): TransactOutcome {
  const reasons = cancelled.CancellationReasons ?? [];
  const wrong = reasons.find(({ Code }) => Code === 'ValidationError');
  if (wrong !== undefined) throw validationError(cancelled, wrong.Message ?? '');
  // A condition that was false is an answer, whatever happened to the writes beside it.
  if (reasons.some(refused)) return refusals(reasons);
  const codes = reasons.map(({ Code = '' }) => Code);
  if (codes.some((code) => TRANSIENT.has(code))) {
    const throttled = codes.some((code) => THROTTLED.has(code));
    throw new TryAgain('transaction in conflict', { cause: cancelled, throttled });
  }
  throw new AppError('internal', 'The store cancelled the transaction.', { cause: cancelled });
}

/** All or nothing; the token makes the store answer a repeated request as it did the first time. */
export async function transact(
  { client, tableName, retry }: DynamoSetup,
  writes: readonly Write[],
): Promise<TransactOutcome> {
  if (writes.length === 0 || writes.length > MAX_TRANSACT_WRITES) {
    throw invalid('transaction_size', `A transaction has 1 to ${MAX_TRANSACT_WRITES} writes.`);
  }
  checkDistinct(writes);
  const command = new TransactWriteItemsCommand({
    TransactItems: writes.map((write) => transactItem(tableName, write)),
    ClientRequestToken: randomUUID(),
  });
  return retrying(retry, async () => {
    try {
      await client.send(command);
      return { ok: true };
    } catch (error) {
      if (error instanceof TransactionCanceledException) return judge(error);
      throw error;
    }
  });
}
