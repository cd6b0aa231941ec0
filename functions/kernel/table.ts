/**
 * The one storage port: a single table of items with a partition key and a sort key,
 * two overloaded secondary indexes, conditions, atomic updates and transactions.
 * The semantics are those of DynamoDB; `aws/` and `embedded/` implement them and pass one
 * suite of contract tests.
 */

/** What an attribute may hold. Numbers are finite doubles; `undefined` members are dropped. */
export type Attribute =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Attribute[]
  | { readonly [name: string]: Attribute | undefined };

/** Primary key of an item. Both parts are non-empty strings, ordered by their UTF-8 bytes. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * An item: its key, its attributes and, when it is to be found through an index, both of
 * that index's keys (`gsi1pk` + `gsi1sk`, `gsi2pk` + `gsi2sk`; strings). `ttl` (epoch
 * seconds) lets the store drop the item some time later; readers must not rely on it.
 */
export type Item = Key & { readonly [name: string]: Attribute | undefined };

/** The secondary indexes of the table. Reads from them are eventually consistent. */
export type IndexName = 'gsi1' | 'gsi2';

/** A condition on the item as it is before the write. Attribute names are top-level names. */
export type Condition =
  | { readonly kind: 'exists'; readonly name: string }
  | { readonly kind: 'missing'; readonly name: string }
  | {
      readonly kind: 'compare';
      readonly name: string;
      readonly op: '=' | '<>' | '<' | '<=' | '>' | '>=';
      readonly value: string | number | boolean | null;
    }
  | { readonly kind: 'in'; readonly name: string; readonly values: readonly (string | number)[] }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition };

/** The item is there. */
export const itemExists: Condition = { kind: 'exists', name: 'pk' };
/** The item is not there yet. */
export const itemMissing: Condition = { kind: 'missing', name: 'pk' };
/** `name` compares with `value`; false where the attribute is absent or of another type (but `<>`). */
export const compare = (
  name: string,
  op: '=' | '<>' | '<' | '<=' | '>' | '>=',
  value: string | number | boolean | null,
): Condition => ({ kind: 'compare', name, op, value });
export const exists = (name: string): Condition => ({ kind: 'exists', name });
export const missing = (name: string): Condition => ({ kind: 'missing', name });
export const oneOf = (name: string, values: readonly (string | number)[]): Condition => ({
  kind: 'in',
  name,
  values,
});
export const all = (...of: Condition[]): Condition => ({ kind: 'all', of });
export const any = (...of: Condition[]): Condition => ({ kind: 'any', of });
export const not = (of: Condition): Condition => ({ kind: 'not', of });

/** Changes of top-level attributes, all applied to the item as it was before the update. */
export interface Changes {
  /** Sets attributes; a member that is `undefined` is left out. */
  readonly set?: { readonly [name: string]: Attribute | undefined };
  /** Sets an attribute only where it is absent. */
  readonly setIfAbsent?: { readonly [name: string]: Attribute };
  /** Adds to a number; an absent attribute counts as 0. */
  readonly add?: { readonly [name: string]: number };
  /** Appends to a list; an absent attribute counts as empty. */
  readonly append?: { readonly [name: string]: readonly Attribute[] };
  readonly remove?: readonly string[];
}

export type Write =
  | { readonly kind: 'put'; readonly item: Item; readonly if?: Condition }
  /** Creates the item when it is absent and `if` allows that (as DynamoDB's UpdateItem). */
  | {
      readonly kind: 'update';
      /** See {@link isAside}. */
      readonly aside?: true;
      readonly key: Key;
      readonly changes: Changes;
      readonly if?: Condition;
    }
  | { readonly kind: 'delete'; readonly key: Key; readonly if?: Condition }
  /** Only in transactions: writes nothing, refuses when the condition is false. */
  | { readonly kind: 'check'; readonly key: Key; readonly if: Condition };

export const put = (item: Item, condition?: Condition): Write =>
  condition === undefined ? { kind: 'put', item } : { kind: 'put', item, if: condition };
export const update = (key: Key, changes: Changes, condition?: Condition): Write =>
  condition === undefined
    ? { kind: 'update', key, changes }
    : { kind: 'update', key, changes, if: condition };
export const remove = (key: Key, condition?: Condition): Write =>
  condition === undefined ? { kind: 'delete', key } : { kind: 'delete', key, if: condition };
export const check = (key: Key, condition: Condition): Write => ({
  kind: 'check',
  key,
  if: condition,
});

/**
 * Whether a write is bookkeeping, such as taking numbers: right whatever becomes of what it was written
 * for, and right when it is done twice; no change by itself.
 */
export const isAside = (write: Write): boolean => write.kind === 'update' && write.aside === true;

/**
 * Outcome of one write. `item` of a success is the item after an update (absent for put and
 * delete); `item` of a refusal is the item that made the condition false, if there is one.
 */
export type WriteOutcome =
  | { readonly ok: true; readonly item?: Item }
  | { readonly ok: false; readonly item?: Item };

/**
 * Outcome of a transaction. A refusal has one entry per write, in order: `undefined` where
 * that write's condition held, else the refusal with the item that was there.
 */
export type TransactOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly refusals: readonly (undefined | { readonly item?: Item })[] };

/** A range of sort keys; bounds are inclusive. `prefix` excludes the others. */
export type SortRange =
  | { readonly prefix: string }
  | { readonly from?: string; readonly to?: string };

export interface Query {
  /** Without it the table itself is read, strongly consistent unless `eventual`. */
  readonly index?: IndexName;
  readonly pk: string;
  readonly sk?: SortRange;
  readonly order?: 'ascending' | 'descending';
  /** At most this many items (≥ 1); without it everything up to `maxItems` pages is read. */
  readonly limit?: number;
  /** Continue after this position, a `next` of an earlier page (exclusive). */
  readonly after?: QueryPosition;
  readonly eventual?: boolean;
}

/** Where a page ended: the keys of its last item, in the table and in the index read. */
export interface QueryPosition extends Key {
  readonly indexPk?: string;
  readonly indexSk?: string;
}

export interface QueryPage {
  readonly items: readonly Item[];
  /** Present when more items may follow. */
  readonly next?: QueryPosition;
}

/** Largest item in bytes, by {@link itemSize}. A larger put or update is refused as `too_large`. */
export const MAX_ITEM_BYTES = 400 * 1024;
/** Most writes in one transaction. */
export const MAX_TRANSACT_WRITES = 100;

/**
 * Errors, all `AppError`: `too_large` (item over 400 KB), `unavailable` (throttled, out of
 * reach or conflicting beyond the bounded retries; nothing was written or, for a lost answer,
 * the write's outcome was looked up). A retry inside the adapter never turns a success into
 * a refusal.
 */
export interface Table {
  get(key: Key, options?: { readonly eventual?: boolean }): Promise<Item | undefined>;
  /** Items in the order of the keys, `undefined` where there is none. Any number of keys. */
  batchGet(
    keys: readonly Key[],
    options?: { readonly eventual?: boolean },
  ): Promise<readonly (Item | undefined)[]>;
  query(query: Query): Promise<QueryPage>;
  write(write: Write): Promise<WriteOutcome>;
  /** All or nothing, at most 100 writes, each to another item. */
  transact(writes: readonly Write[]): Promise<TransactOutcome>;
  /** Unconditional puts and deletes in bulk, in no order; not atomic. */
  bulk(writes: readonly Extract<Write, { kind: 'put' | 'delete' }>[]): Promise<void>;
}
