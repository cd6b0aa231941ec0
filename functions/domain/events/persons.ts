/**
 * Ids that stand for nobody in particular, mostly by a slip in the code that sends them. Their events
 * count as one person's, but never make two persons one.
 */
const IN_ANY_CASE = [
  ...['anonymous', 'guest', 'distinctid', 'distinct_id', 'id', 'not_authenticated'],
  ...['email', 'undefined', 'true', 'false'],
];
const AS_WRITTEN = ['[object Object]', 'NaN', 'None', 'none', 'null', '0'];

const inAnyCase = new Set(IN_ANY_CASE);
const asWritten = new Set(AS_WRITTEN);

const unquoted = (id: string): string => /^(['"])(.*)\1$/.exec(id)?.[2] ?? id;

export function standsForNobody(id: string): boolean {
  const bare = unquoted(id.trim());
  return bare.trim() === '' || asWritten.has(bare) || inAnyCase.has(bare.toLowerCase());
}

/** That two distinct ids are one person's, as an event said it. */
export interface Merge {
  readonly uuid: string;
  /** `forced`: also where both are persons that are known already. */
  readonly kind: 'identify' | 'alias' | 'forced';
  readonly distinct_id: string;
  readonly other: string;
  /** ISO 8601. */
  readonly received: string;
}

const KINDS: { readonly [event: string]: readonly [Merge['kind'], string] } = {
  $identify: ['identify', '$anon_distinct_id'],
  $create_alias: ['alias', 'alias'],
  $merge_dangerously: ['forced', 'alias'],
};

interface Said {
  readonly uuid: string;
  readonly event: string;
  readonly distinct_id: string;
  readonly received: string;
  readonly properties: { readonly [name: string]: unknown };
}

const MAX_ID = 200;

/** What an event says of persons, as far as it does. */
export function mergeOf({
  uuid,
  event,
  distinct_id,
  received,
  properties,
}: Said): Merge | undefined {
  const [kind, name] = (Object.hasOwn(KINDS, event) ? KINDS[event] : undefined) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  const said = properties[name];
  const other = typeof said === 'number' ? String(said) : said;
  if (typeof other !== 'string' || other === distinct_id || other.length > MAX_ID) return undefined;
  if (standsForNobody(other) || standsForNobody(distinct_id)) return undefined;
  return { uuid, kind, distinct_id, other, received };
}
