import * as z from 'zod';
import type { FlagsAsked } from '#domain/flags/index.ts';
import { invalidField } from '../errors.ts';
import { projectTokenError } from '../project-token.ts';

const MAX_ID = 200;
const MAX_LIST = 1_000;

/** Longer ids are cut, as in the original: whoever has one is to get flags as well. */
const cut = (id: string): string => [...id.slice(0, 2 * MAX_ID)].slice(0, MAX_ID).join('');

const id = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value == null ? undefined : cut(String(value).toWellFormed())));
const token = z.string().nullish();
const properties = z.record(z.string(), z.unknown()).nullish();
const names = z.array(z.string()).max(MAX_LIST).nullish();

/** What clients send of whom they ask for; some of it has two names. */
export const FlagsBody = z.looseObject({
  token,
  api_key: token,
  $token: token,
  distinct_id: id,
  $distinct_id: id,
  $anon_distinct_id: id,
  anon_distinct_id: id,
  $device_id: id,
  device_id: id,
  groups: properties,
  $groups: properties,
  person_properties: properties,
  group_properties: z.record(z.string(), z.record(z.string(), z.unknown()).nullish()).nullish(),
  flag_keys_to_evaluate: names,
  flag_keys: names,
  evaluation_runtime: z.string().nullish(),
  evaluation_contexts: names,
  evaluation_environments: names,
  disable_flags: z.boolean().nullish(),
});
export type FlagsBody = z.output<typeof FlagsBody>;

const SERVERS = /^posthog-(?:python|node|ruby|php|go|java|dotnet|elixir|rust|server)\b/i;
const CLIENTS = /^Mozilla\/|^posthog-(?:js|android|ios|flutter|react-native)\b/i;

/** Where the caller runs: as it says, else by what it is. */
function runtimeOf(body: FlagsBody, { headers }: Request): FlagsAsked['runtime'] {
  const { evaluation_runtime: said } = body;
  if (said === 'server' || said === 'client') return said;
  const agent = headers.get('user-agent') ?? '';
  if (SERVERS.test(agent)) return 'server';
  return CLIENTS.test(agent) || headers.has('origin') ? 'client' : undefined;
}

function groupPropertiesOf(body: FlagsBody) {
  const all = Object.entries(body.group_properties ?? {});
  return Object.fromEntries(all.flatMap(([type, own]) => (own == null ? [] : [[type, own]])));
}

function subjectOf(body: FlagsBody): NonNullable<FlagsAsked['subject']> {
  const distinctId = body.distinct_id ?? body.$distinct_id;
  if (distinctId === undefined) {
    throw invalidField('distinct_id', 'This field is required.', 'missing_distinct_id');
  }
  const deviceId = body.$device_id ?? body.device_id;
  return {
    distinctId,
    groups: body.groups ?? body.$groups ?? {},
    personProperties: body.person_properties ?? {},
    groupProperties: groupPropertiesOf(body),
    ...(deviceId !== undefined && { deviceId }),
  };
}

/** What a body asks for. Throws `unauthenticated` and `invalid`. */
export function toFlagsAsked(body: FlagsBody, request: Request): FlagsAsked {
  const shown = body.token || body.api_key || body.$token;
  if (!shown) throw projectTokenError(false);
  return {
    token: shown,
    subject: body.disable_flags === true ? undefined : subjectOf(body),
    anonymousId: (body.$anon_distinct_id ?? body.anon_distinct_id) || undefined,
    keys: body.flag_keys_to_evaluate ?? body.flag_keys ?? undefined,
    runtime: runtimeOf(body, request),
    contexts: body.evaluation_contexts ?? body.evaluation_environments ?? undefined,
  };
}
