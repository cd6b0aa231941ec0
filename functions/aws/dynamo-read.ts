import { BatchGetItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { invalid } from '#kernel/errors.ts';
import type { Item, Key, Query, QueryPage, QueryPosition, SortRange } from '#kernel/table.ts';
import { decodeItem, encodeKey, type WireItem } from './attributes.ts';
import type { DynamoSetup } from './dynamo-requests.ts';
import { type Placeholders, placeholders } from './expressions.ts';
import { inParallel, slices } from './parallel.ts';
import { retrying, TryAgain } from './retry.ts';

const MAX_BATCH_GET = 100;
const PARALLEL_BATCHES = 8;

export function getItem(
  { client, tableName, retry }: DynamoSetup,
  key: Key,
  eventual = false,
): Promise<WireItem | undefined> {
  const command = new GetItemCommand({
    TableName: tableName,
    Key: encodeKey(key),
    ConsistentRead: !eventual,
  });
  return retrying(retry, async () => (await client.send(command)).Item);
}

const identity = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

async function getBatch(
  { client, tableName, retry }: DynamoSetup,
  keys: readonly WireItem[],
  eventual: boolean,
): Promise<readonly WireItem[]> {
  const found: WireItem[] = [];
  let rest: readonly WireItem[] = keys;
  while (rest.length > 0) {
    // Progress starts the count of tries anew: large items come in several answers of 16 MB.
    rest = await retrying(retry, async () => {
      const RequestItems = { [tableName]: { Keys: [...rest], ConsistentRead: !eventual } };
      const answer = await client.send(new BatchGetItemCommand({ RequestItems }));
      const unread = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (unread.length === rest.length)
        throw new TryAgain('nothing of the batch was read', { throttled: true });
      found.push(...(answer.Responses?.[tableName] ?? []));
      return unread;
    });
  }
  return found;
}

export async function batchGet(
  setup: DynamoSetup,
  keys: readonly Key[],
  eventual = false,
): Promise<readonly (Item | undefined)[]> {
  // The store refuses a batch that names an item twice.
  const wanted = new Map(keys.map((key) => [identity(key), encodeKey(key)]));
  const batches = slices([...wanted.values()], MAX_BATCH_GET);
  const answers = await inParallel(batches, PARALLEL_BATCHES, (batch) =>
    getBatch(setup, batch, eventual),
  );
  const items = answers.flat().map(decodeItem);
  const byKey = new Map(items.map((item) => [identity(item), item]));
  return keys.map((key) => byKey.get(identity(key)));
}

const isBefore = (a: string, b: string): boolean =>
  Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

/** The condition on the sort key; `undefined` for all, `null` where no key can match. */
function sortCondition(
  range: SortRange | undefined,
  name: string,
  at: Placeholders,
): string | undefined | null {
  if (range === undefined) return undefined;
  if ('prefix' in range) {
    const { prefix } = range;
    return prefix === '' ? undefined : `begins_with(${at.name(name)}, ${at.value(prefix)})`;
  }
  const { from, to } = range;
  // DynamoDB refuses empty values, though every key lies after them, and reversed ranges.
  if (to !== undefined && (to === '' || isBefore(to, from ?? ''))) return null;
  const least = from === '' ? undefined : from;
  if (least === undefined)
    return to === undefined ? undefined : `${at.name(name)} <= ${at.value(to)}`;
  return to === undefined
    ? `${at.name(name)} >= ${at.value(least)}`
    : `${at.name(name)} BETWEEN ${at.value(least)} AND ${at.value(to)}`;
}

function checkQuery({ limit }: Query): void {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1)) {
    throw invalid('limit_out_of_range', 'The limit of a query must be a whole number from 1.');
  }
}

function startKey({ index, pk, after }: Query): { ExclusiveStartKey?: WireItem } {
  if (after === undefined) return {};
  const key = encodeKey(after);
  const { indexPk, indexSk } = after;
  if ((index === undefined ? after.pk : indexPk) !== pk) {
    throw invalid('position_elsewhere', 'The position to continue from is in another partition.');
  }
  if (index === undefined) return { ExclusiveStartKey: key };
  const indexKey = { [`${index}pk`]: { S: pk }, [`${index}sk`]: { S: indexSk ?? '' } };
  return { ExclusiveStartKey: { ...key, ...indexKey } };
}

function position(index: string | undefined, last: WireItem): QueryPosition {
  const key = { pk: last.pk?.S ?? '', sk: last.sk?.S ?? '' };
  if (index === undefined) return key;
  const indexPk = last[`${index}pk`]?.S ?? '';
  const indexSk = last[`${index}sk`]?.S ?? '';
  return { ...key, indexPk, indexSk };
}

function queryRequest(tableName: string, asked: Query) {
  checkQuery(asked);
  const at = placeholders();
  const { index } = asked;
  const pk = `${at.name(index === undefined ? 'pk' : `${index}pk`)} = ${at.value(asked.pk)}`;
  const sk = sortCondition(asked.sk, index === undefined ? 'sk' : `${index}sk`, at);
  if (sk === null || asked.pk === '') return undefined;
  return {
    TableName: tableName,
    ...(index !== undefined && { IndexName: index }),
    KeyConditionExpression: sk === undefined ? pk : `${pk} AND ${sk}`,
    ConsistentRead: index === undefined && asked.eventual !== true,
    ScanIndexForward: asked.order !== 'descending',
    ...at.members(),
  };
}

/** Reads page after page of at most 1 MB until `limit` items are there or none are left. */
export async function query(
  { client, tableName, retry }: DynamoSetup,
  asked: Query,
): Promise<QueryPage> {
  const request = queryRequest(tableName, asked);
  if (request === undefined) return { items: [] };
  const items: Item[] = [];
  let from: { ExclusiveStartKey?: WireItem } = startKey(asked);
  for (;;) {
    const rest = asked.limit === undefined ? {} : { Limit: asked.limit - items.length };
    const command = new QueryCommand({ ...request, ...from, ...rest });
    const page = await retrying(retry, () => client.send(command));
    items.push(...(page.Items ?? []).map(decodeItem));
    const last = page.LastEvaluatedKey;
    if (last === undefined) return { items };
    if (items.length === asked.limit) return { items, next: position(asked.index, last) };
    from = { ExclusiveStartKey: last };
  }
}
