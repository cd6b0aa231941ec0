import { derivedUuid, timeOfUuid, uuidOf } from './event-id.ts';
import { isObject, type ParsedEvents, type RawEvent } from './parse/parse.ts';
import { type ClientTime, isoOf, skewOf, timeOf } from './time.ts';

/** An event as it is stored: a line of JSON with these names, in this order. */
export interface StoredEvent {
  readonly uuid: string;
  readonly event: string;
  readonly distinct_id: string;
  /** ISO 8601 in UTC, with up to six digits of a second; the next as well. */
  readonly ts: string;
  readonly received: string;
  readonly properties: { readonly [name: string]: unknown };
  /** Of `$feature_flag_called`: its flag, and what it answered, as text. */
  readonly flag?: string;
  readonly variant?: string;
}

/** Why an event is not kept; words for programs. */
export type Refusal =
  | 'not_an_object'
  | 'event_name_missing'
  | 'event_name_too_long'
  | 'distinct_id_missing'
  | 'distinct_id_too_long'
  | 'properties_not_an_object'
  | 'too_old'
  | 'in_the_future'
  | 'too_large';

export interface Refused {
  /** Of the event in the body, from 0. */
  readonly index: number;
  readonly reason: Refusal;
}

const MAX_NAME = 200;
const MAX_LINE_BYTES = 1024 * 1024;
const DAY_MS = 86_400_000;
/** How long events are kept, and how old new ones may be. */
export const RETENTION_DAYS = 400;
/** Clocks that are wrong by less are wrong, and no more. */
const AHEAD_MS = DAY_MS;

interface Batch {
  readonly receivedOn: number;
  readonly sentAt: number | undefined;
  readonly skewMs: number;
  /** How often the same event without an id of its own was in the batch. */
  readonly alike: Map<string, number>;
}

const idText = (value: unknown): string | undefined => {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
};

const distinctIdOf = (raw: RawEvent, properties: RawEvent): string | undefined =>
  idText(raw.distinct_id) ??
  idText(raw.$distinct_id) ??
  idText(properties.distinct_id) ??
  idText(properties.$distinct_id);

const together = (inner: unknown, outer: unknown): RawEvent | undefined => {
  if (!isObject(outer)) return isObject(inner) ? inner : undefined;
  return isObject(inner) ? { ...inner, ...outer } : outer;
};

/** The token is no secret, but the same on every line; what older clients put beside properties goes into them. */
function propertiesOf(raw: RawEvent, own: RawEvent): RawEvent {
  const { token: _token, api_key: _key, distinct_id: _id, ...rest } = own;
  const set = together(own.$set, raw.$set);
  const setOnce = together(own.$set_once, raw.$set_once);
  return {
    ...rest,
    ...(set !== undefined && { $set: set }),
    ...(setOnce !== undefined && { $set_once: setOnce }),
  };
}

/** A repeated batch must give the same ids, and two like events in one batch two of them. */
function idOf(raw: RawEvent, identity: readonly unknown[], batch: Batch): string {
  const own = uuidOf(raw.uuid);
  if (own !== undefined) return own;
  if (typeof raw.uuid === 'string' && raw.uuid !== '') return derivedUuid(['id', raw.uuid]);
  const known = timeOf(raw.timestamp) === undefined ? (batch.sentAt ?? batch.receivedOn) : '';
  const first = derivedUuid([...identity, known]);
  const before = batch.alike.get(first) ?? 0;
  batch.alike.set(first, before + 1);
  return before === 0 ? first : derivedUuid([first, before]);
}

const isKept = ({ ms }: ClientTime, { receivedOn }: Batch): boolean =>
  ms >= receivedOn - RETENTION_DAYS * DAY_MS && ms <= receivedOn + AHEAD_MS;

/** What nobody says outright is never a reason to refuse an event. */
function timeIn(raw: RawEvent, uuid: string, batch: Batch): ClientTime {
  const said = timeOf(raw.timestamp);
  if (said !== undefined) {
    // Where the correction leads astray, what the client sent as its own time was wrong.
    const corrected = { ...said, ms: said.ms + batch.skewMs };
    return isKept(corrected, batch) || !isKept(said, batch) ? corrected : said;
  }
  const received = { ms: batch.receivedOn, micros: '' };
  const { offset } = raw;
  const made = timeOfUuid(uuid);
  const guesses = [
    typeof offset === 'number' && offset >= 0 ? Math.trunc(batch.receivedOn - offset) : undefined,
    made === undefined ? undefined : made + batch.skewMs,
  ];
  const guess = guesses.find((ms) => ms !== undefined);
  const time = guess === undefined ? received : { ms: guess, micros: '' };
  return isKept(time, batch) ? time : received;
}

const answerText = (value: unknown): string | undefined =>
  typeof value === 'object' ? undefined : value === undefined ? undefined : String(value);

function flagOf(event: string, properties: RawEvent): Pick<StoredEvent, 'flag' | 'variant'> {
  const { $feature_flag: flag, $feature_flag_response: response } = properties;
  if (event !== '$feature_flag_called' || typeof flag !== 'string') return {};
  const variant = answerText(response);
  return { flag, ...(variant !== undefined && { variant }) };
}

/** The event as it is stored, or why it is not. */
function normalised(raw: unknown, batch: Batch): StoredEvent | Refusal {
  if (!isObject(raw)) return 'not_an_object';
  const { event, properties: own = {} } = raw;
  if (typeof event !== 'string' || event.trim() === '') return 'event_name_missing';
  if (event.length > MAX_NAME) return 'event_name_too_long';
  if (own !== null && !isObject(own)) return 'properties_not_an_object';
  const distinctId = distinctIdOf(raw, own ?? {});
  if (distinctId === undefined) return 'distinct_id_missing';
  if (distinctId.length > MAX_NAME) return 'distinct_id_too_long';
  const properties = propertiesOf(raw, own ?? {});
  const uuid = idOf(raw, [event, distinctId, raw.timestamp ?? null, properties], batch);
  const time = timeIn(raw, uuid, batch);
  if (!isKept(time, batch)) return time.ms > batch.receivedOn ? 'in_the_future' : 'too_old';
  return {
    uuid,
    event,
    distinct_id: distinctId,
    ts: isoOf(time),
    received: isoOf({ ms: batch.receivedOn, micros: '' }),
    properties,
    ...flagOf(event, properties),
  };
}

export interface Normalised {
  /** Lines of JSON, without ends of lines; see {@link StoredEvent}. */
  readonly lines: readonly string[];
  readonly refused: readonly Refused[];
}

/** Events as they are stored. One that breaks a rule does not keep the others from it. */
export function normaliseEvents(
  { events, sentAt, historical }: ParsedEvents,
  receivedOn: number,
): Normalised {
  const skewMs = historical ? 0 : skewOf(sentAt, receivedOn);
  const batch: Batch = { receivedOn, sentAt, skewMs, alike: new Map() };
  const lines: string[] = [];
  const refused: Refused[] = [];
  events.forEach((raw, index) => {
    const event = normalised(raw, batch);
    const line = typeof event === 'string' ? '' : JSON.stringify(event);
    if (typeof event === 'string') refused.push({ index, reason: event });
    else if (Buffer.byteLength(line) > MAX_LINE_BYTES) refused.push({ index, reason: 'too_large' });
    else lines.push(line);
  });
  return { lines, refused };
}
