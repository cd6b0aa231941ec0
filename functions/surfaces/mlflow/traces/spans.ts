import * as z from 'zod';
import { parseJson, wireDouble } from '../json.ts';

/** The spans in a client's file, as protobuf's JSON has spans of OpenTelemetry. */
type Any = { readonly [kind: string]: unknown };

const Attributes = z.record(z.string(), z.unknown()).nullish();
const Nanoseconds = z.union([z.number(), z.bigint(), z.string()]).nullish();
const Event = z.object({
  name: z.string().nullish(),
  time_unix_nano: Nanoseconds,
  attributes: Attributes,
});
const Link = z.object({
  trace_id: z.string().nullish(),
  span_id: z.string().nullish(),
  attributes: Attributes,
});
const Span = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  parent_span_id: z.string().nullish(),
  name: z.string().default(''),
  start_time_unix_nano: Nanoseconds,
  end_time_unix_nano: Nanoseconds,
  status: z.object({ code: z.unknown().optional(), message: z.string().nullish() }).nullish(),
  attributes: Attributes,
  events: z.array(Event).nullish(),
  links: z.array(Link).nullish(),
});
const File = z.object({ spans: z.array(Span).default([]) });

const MAX_DEPTH = 32;

function toAny(value: unknown, depth = 0): Any {
  if (typeof value === 'boolean') return { bool_value: value };
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return { int_value: value };
  if (typeof value === 'number') return { double_value: wireDouble(value) };
  if (typeof value === 'string') return { string_value: value };
  if (value === null || value === undefined || depth >= MAX_DEPTH) return {};
  if (Array.isArray(value)) {
    return { array_value: { values: value.map((member) => toAny(member, depth + 1)) } };
  }
  return { kvlist_value: { values: keyed(Object.entries(value), depth + 1) } };
}

const keyed = (entries: readonly (readonly [string, unknown])[], depth = 0) =>
  entries.map(([key, value]) => ({ key, value: toAny(value, depth) }));

/** Values of a span's attributes are JSON in text. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch {
    return value;
  }
}

const attributesOf = (attributes: z.output<typeof Attributes>) =>
  keyed(Object.entries(attributes ?? {}));

/** Ids of links are in hex, with a prefix. */
const base64Id = (id: string | null | undefined): string =>
  Buffer.from((id ?? '').replace(/^tr-/, ''), 'hex').toString('base64');

const STATUS = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

function toStatus(status: z.output<typeof Span>['status']) {
  const code = typeof status?.code === 'string' ? status.code : '';
  return {
    code: STATUS.includes(code) ? code : 'STATUS_CODE_UNSET',
    ...(status?.message ? { message: status.message } : {}),
  };
}

const toSpan = (span: z.output<typeof Span>) => ({
  trace_id: span.trace_id,
  span_id: span.span_id,
  ...(span.parent_span_id ? { parent_span_id: span.parent_span_id } : {}),
  name: span.name,
  start_time_unix_nano: span.start_time_unix_nano ?? 0,
  ...(span.end_time_unix_nano ? { end_time_unix_nano: span.end_time_unix_nano } : {}),
  attributes: keyed(
    Object.entries(span.attributes ?? {}).map(([key, value]) => [key, decoded(value)]),
  ),
  events: (span.events ?? []).map((event) => ({
    time_unix_nano: event.time_unix_nano ?? 0,
    name: event.name ?? '',
    attributes: attributesOf(event.attributes),
  })),
  links: (span.links ?? []).map((link) => ({
    trace_id: base64Id(link.trace_id),
    span_id: base64Id(link.span_id),
    attributes: attributesOf(link.attributes),
  })),
  status: toStatus(span.status),
});

/** The spans in a file; undefined for one that holds none, whatever its client stored. */
export function toSpans(text: string): readonly object[] | undefined {
  try {
    const parsed = File.safeParse(parseJson(text));
    return parsed.success ? parsed.data.spans.map(toSpan) : undefined;
  } catch {
    return undefined;
  }
}
