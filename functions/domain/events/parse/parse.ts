import { invalid, tooManyBytes } from '#kernel/errors.ts';
import { timeOf } from '../time.ts';
import { type Body, decodeBody } from './decode.ts';
import { parseJson } from './json.ts';

/** An event as a client sent it; whoever takes it looks at every member. */
export type RawEvent = { readonly [name: string]: unknown };

/** What a body holds, before anything is known of its project. */
export interface ParsedEvents {
  /** The public token of the project, as far as the body names one. */
  readonly token?: string;
  readonly events: readonly unknown[];
  /** When the client sent it, by its own clock; milliseconds. */
  readonly sentAt?: number;
  /** Events of the past, whose times need no correction. */
  readonly historical: boolean;
}

/** Of one call; clients halve what is refused as too large. */
const MAX_EVENTS = 10_000;

export const isObject = (value: unknown): value is RawEvent =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const tokenIn = (holder: unknown): string | undefined => {
  if (!isObject(holder)) return undefined;
  const own = textOf(holder.api_key) ?? textOf(holder.token) ?? textOf(holder.$token);
  return own ?? (isObject(holder.properties) ? textOf(holder.properties.token) : undefined);
};

/** All events of a body are of one project. */
function tokenOf(whole: unknown, events: readonly unknown[]): string | undefined {
  const outer = tokenIn(whole);
  if (outer !== undefined) return outer;
  const tokens = new Set(events.map(tokenIn).filter((token) => token !== undefined));
  if (tokens.size > 1) {
    throw invalid('several_tokens', 'All events of a body must have the same token.');
  }
  return tokens.values().next().value;
}

function eventsOf(whole: unknown): readonly unknown[] {
  if (Array.isArray(whole)) return whole;
  if (isObject(whole) && Array.isArray(whole.batch)) return whole.batch;
  if (isObject(whole) && 'event' in whole) return [whole];
  throw invalid(
    'no_events',
    'Send an event, a list of events, or an object with a list of them in "batch".',
  );
}

const first = (events: readonly unknown[]): RawEvent => (isObject(events[0]) ? events[0] : {});

/**
 * Events of a body in any of the forms that clients send: JSON (one event, a list, or a list in
 * `batch`), as a form's `data`, in base64, in gzip, and what of these goes together. Throws `invalid`
 * and `too_large`.
 */
export function parseEvents(body: Body): ParsedEvents {
  const whole = parseJson(decodeBody(body));
  const events = eventsOf(whole);
  if (events.length > MAX_EVENTS) {
    throw tooManyBytes(`A call takes at most ${MAX_EVENTS} events; send fewer.`);
  }
  const { query = {} } = body;
  const token = tokenOf(whole, events) ?? textOf(query.token) ?? textOf(query.api_key);
  const own = isObject(whole) ? whole : {};
  const sent = [own.sent_at, first(events).sent_at, query.sent_at, query._];
  const sentAt = sent.map(timeOf).find((time) => time !== undefined)?.ms;
  return {
    events,
    historical: own.historical_migration === true,
    ...(token !== undefined && { token }),
    ...(sentAt !== undefined && { sentAt }),
  };
}
