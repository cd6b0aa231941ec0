import {
  dynamoError,
  type Fault,
  type ProxiedCall,
  type Rewrite,
} from '../../support/fault-proxy.ts';
import type { Dice } from './dice.ts';
import { STALE_MS } from './faulty-ports.ts';
import type { StoreRates } from './options.ts';

const THROTTLES = ['ThrottlingException', 'ProvisionedThroughputExceededException'] as const;
const LOSSES = ['drop-answer', 'drop-answer', 'cut-answer', 'reset'] as const;
const LONGEST_DELAY_MS = 400;
/** Of messages: how often one comes again with a later receive. */
const DOUBLED = 0.1;

type Store = 'DynamoDB' | 'SQS' | 'S3';

const storeOf = ({ operation }: ProxiedCall): Store => {
  if (operation === '') return 'S3';
  return /Message|Queue/.test(operation) ? 'SQS' : 'DynamoDB';
};

const refusal = (store: Store, dice: Dice): Fault => {
  if (store === 'DynamoDB') return dynamoError(dice.pick(THROTTLES));
  if (store === 'SQS') {
    const type = 'com.amazonaws.sqs#RequestThrottled';
    return { status: 400, body: JSON.stringify({ __type: type, message: 'slow down' }) };
  }
  return { status: 503, body: '<Error><Code>SlowDown</Code><Message>slow down</Message></Error>' };
};

/** Looks of the same kind at an index; where one looks for what is due, every look is for another time. */
function lookOf({ operation, body }: ProxiedCall): string | undefined {
  if (operation !== 'Query' || !body.includes('"IndexName"')) return undefined;
  const { IndexName, Limit, KeyConditionExpression, ExpressionAttributeValues } = JSON.parse(body);
  const values = Object.values(ExpressionAttributeValues as Record<string, { S?: string }>);
  const isByTime = values[0]?.S === 'DUE';
  return JSON.stringify([IndexName, Limit, KeyConditionExpression, isByTime ? 'DUE' : values]);
}

/** Old answers of indexes. */
function staleIndexes(rates: StoreRates, dice: Dice, count: (name: string) => void) {
  const known = new Map<string, { readonly at: number; readonly body: Buffer }>();
  return (call: ProxiedCall, body: Buffer): Buffer => {
    const look = lookOf(call);
    if (look === undefined) return body;
    const before = known.get(look);
    const isUsable = before !== undefined && performance.now() - before.at < STALE_MS;
    if (!isUsable) known.set(look, { at: performance.now(), body });
    if (!isUsable || !dice.chance(rates.stale)) return body;
    count('stale index of DynamoDB');
    return before.body;
  };
}

/** Messages that come again, with the same receipt, to whoever asks next. */
function doubledMessages(dice: Dice, count: (name: string) => void) {
  const again: unknown[] = [];
  return (call: ProxiedCall, body: Buffer): Buffer => {
    if (call.operation !== 'ReceiveMessage') return body;
    const { Messages = [], ...rest } = JSON.parse(body.toString('utf8'));
    for (const message of Messages) if (dice.chance(DOUBLED)) again.push(message, message);
    if (Messages.length > 0 || again.length === 0) return body;
    count('doubled message of SQS');
    return Buffer.from(JSON.stringify({ ...rest, Messages: [again.pop()] }));
  };
}

/** What happens to each call of AWS, by the dice. */
export function stormOf(
  rates: StoreRates,
  dice: Dice,
  count: (name: string) => void,
): { readonly decide: (call: ProxiedCall) => Fault; readonly rewrite: Rewrite } {
  const stale = staleIndexes(rates, dice, count);
  const doubled = doubledMessages(dice, count);
  return {
    decide(call) {
      const store = storeOf(call);
      if (dice.chance(rates.throttled)) {
        count(`throttled by ${store}`);
        return refusal(store, dice);
      }
      if (dice.chance(rates.lost)) {
        const loss = dice.pick(LOSSES);
        count(`${loss} of ${store}`);
        return loss;
      }
      if (!dice.chance(rates.slow)) return 'pass';
      count(`slow ${store}`);
      return { delayMs: dice.between(20, LONGEST_DELAY_MS) };
    },
    rewrite: (call, status, body) => (status === 200 ? doubled(call, stale(call, body)) : body),
  };
}
