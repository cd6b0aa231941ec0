import type { Source } from './compile-filter.ts';
import type { CompiledFlag } from './compile-flag.ts';

interface Properties {
  readonly [key: string]: unknown;
}

/** Whom flags are evaluated for, and when. */
export interface Subject {
  readonly distinctId: string;
  readonly deviceId?: string;
  /** Key of the group by its type. */
  readonly groups?: { readonly [type: string]: unknown };
  readonly personProperties?: Properties;
  /** By type of group. */
  readonly groupProperties?: { readonly [type: string]: Properties };
  /** Types of groups by their index. */
  readonly groupTypeMapping?: { readonly [index: string]: string };
  /** What is hashed of a person in flags that stay the same when somebody signs in. */
  readonly hashKeyOverride?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Names from outside must not find what every object inherits. */
const own = <T>(of: { readonly [name: string]: T } | undefined, name: string): T | undefined =>
  of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;

const typeOf = (subject: Subject, index: number): string | undefined =>
  own(subject.groupTypeMapping, String(index));

function groupKeyOf(subject: Subject, index: number): string | undefined {
  const type = typeOf(subject, index);
  const key = type === undefined ? undefined : own(subject.groups, type);
  if (typeof key === 'number' && Number.isFinite(key)) return String(key);
  return typeof key === 'string' && key !== '' ? key : undefined;
}

function deviceOf({ deviceId, personProperties }: Subject): string | undefined {
  const device = deviceId || own(personProperties, '$device_id');
  return typeof device === 'string' && device !== '' ? device : undefined;
}

/** What is hashed; undefined where nobody said it. */
export function identifierOf(
  flag: CompiledFlag,
  subject: Subject,
  aggregation: Source,
): string | undefined {
  if (aggregation !== null) return groupKeyOf(subject, aggregation);
  if (flag.isByDevice) return deviceOf(subject);
  return flag.isSticky ? (subject.hashKeyOverride ?? subject.distinctId) : subject.distinctId;
}

/** A property; undefined where it is missing. Ids and keys of groups are properties, too. */
export function propertyOf(subject: Subject, source: Source, key: string): unknown {
  if (source === null) {
    const value = own(subject.personProperties, key);
    return value === undefined && key === 'distinct_id' ? subject.distinctId : value;
  }
  const type = typeOf(subject, source);
  if (type === undefined) return undefined;
  const value = own(own(subject.groupProperties, type), key);
  return value === undefined && key === '$group_key' ? groupKeyOf(subject, source) : value;
}
