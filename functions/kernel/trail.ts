import { hash } from 'node:crypto';
import type { ErrorDetail } from './errors.ts';
import { key, pad, prefix, ttlOf } from './keys.ts';
import type { Attribute, Item, Key } from './table.ts';

/** Something that a call changes, as refusals would name it. */
export interface Touched {
  readonly entity: string;
  readonly lookup: ErrorDetail;
  readonly groupId?: number;
}

/** Notes what a call changes, for the record of it. */
export interface Trail {
  touches(what: Touched): void;
  /** Returns what forgets all that is noted from here on: for a try that came to nothing. */
  mark(): () => void;
}

/** Who did what, when: one for each call that changed something, never changed itself. */
export interface AuditRecord {
  readonly on: number;
  readonly actor: {
    readonly kind: string;
    readonly userId?: number | undefined;
    readonly name?: string | undefined;
    /** The personal token that was shown. */
    readonly tokenId?: string | undefined;
    /** The job whose child it was. */
    readonly jobId?: number | undefined;
  };
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  /** What the caller's headers say of the call, where the dialect looks at them. */
  readonly stated?: { readonly [header: string]: string } | undefined;
  /** Of what the call asked for, as it was understood; none where that may hold a secret. */
  readonly inputHash?: string | undefined;
  readonly touched: readonly Touched[];
  /** None where it concerns the whole deployment, or the caller alone. */
  readonly groupId?: number | undefined;
}

const DAY = 24 * 60 * 60 * 1000;
/** A year, and a month to look back on it. */
export const AUDIT_LIFE_MS = 400 * DAY;

export const auditKeys = {
  partition: (groupId: number | undefined): string => `${prefix.audit}#${groupId ?? 'DEPLOYMENT'}`,
  record: (groupId: number | undefined, on: number, id: string): Key =>
    key(auditKeys.partition(groupId), `${pad(on)}#${id}`),
};

/** The record as an item; `id` tells apart those of one moment. */
export const auditItem = (record: AuditRecord, id: string): Item => ({
  ...auditKeys.record(record.groupId, record.on, id),
  ...(record as unknown as Record<string, Attribute>),
  ttl: ttlOf(record.on + AUDIT_LIFE_MS),
});

export const readAuditRecord = (item: Item): AuditRecord => item as unknown as AuditRecord;

/** JSON holds no large integers of the language's own, and files as a list of numbers, which may be too long for a text. */
function inJson(this: { readonly [name: string]: unknown }, name: string, value: unknown): unknown {
  // As it was: `value` is what the object itself makes of it, if it makes anything.
  const given = this[name];
  if (given instanceof Uint8Array) return `sha256 ${hash('sha256', given, 'base64url')}`;
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** Tells what calls ask for apart: a hash of the query and body after they were checked, and where. */
export const inputHashOf = (input: {
  readonly query: unknown;
  readonly body: unknown;
  readonly within?: number | undefined;
}): string => {
  const where = input.within === undefined ? [] : [input.within];
  const asked = JSON.stringify([input.query ?? null, input.body ?? null, ...where], inJson);
  return hash('sha256', asked, 'base64url');
};
