import { itemSize } from '#kernel/size.ts';
import {
  compare,
  itemMissing,
  MAX_TRANSACT_WRITES,
  put,
  type Table,
  type Write,
} from '#kernel/table.ts';
import { loadBuckets, rememberBucket } from './buckets.ts';
import { foldedIn, type RowChange, sumUpJournal } from './changes.ts';
import {
  type BucketRef,
  type Folded,
  listKeys,
  type Root,
  toBucketItem,
  toEntry,
  toRoot,
  toRootItem,
} from './list.items.ts';
import type { Place } from './place.ts';
import { cutIntoBuckets, type NewBucket, pickChanges, planRuns, type Run } from './plan-fold.ts';
import { rowsOfRegion } from './regions.ts';
import type { ListEntry, ListRow, ListStore } from './types.ts';

const STEP_ENTRIES = 512;
const MAX_STEPS = 200;
/** Below what a transaction may carry (4 MiB), as sizes here leave out some overhead. */
const MAX_STEP_BYTES = 3 * 1024 * 1024;
/**
 * Readers that began before a bucket was replaced may still ask for it; later ones begin again. The
 * root carries what waits for its end, so a list that is written without pause must not keep much.
 */
const RETIRED_MS = 10_000;

const isExpired =
  (now: number) =>
  ({ at }: { readonly at: number }): boolean =>
    now - at >= RETIRED_MS;

type Deletion = Extract<Write, { kind: 'delete' }>;

interface Journal {
  /** All entries of rows with an id below `covered`. */
  readonly entries: readonly ListEntry[];
  readonly covered: number;
}

/** The first entries of the journal, whole rows only. */
async function readJournal(table: Table, list: string): Promise<Journal> {
  const pk = listKeys.partition(list);
  const page = await table.query({ pk, sk: listKeys.journal, limit: STEP_ENTRIES });
  const entries = page.items.map(toEntry);
  const last = entries.at(-1);
  if (page.next === undefined || last === undefined) {
    return { entries, covered: Number.POSITIVE_INFINITY };
  }
  const whole = entries.filter(({ id }) => id < last.id);
  if (whole.length > 0) return { entries: whole, covered: last.id };
  const { items } = await table.query({ pk, sk: listKeys.journalOf(last.id) });
  return { entries: items.map(toEntry), covered: last.id + 1 };
}

interface Rewritten {
  readonly buckets: readonly BucketRef[];
  readonly replaced: readonly BucketRef[];
  readonly written: readonly (NewBucket & { readonly id: string })[];
}

const placeOf = ({ position, id }: Place): Place => ({ position, id });

function toRef(id: string, rows: readonly ListRow[]): readonly BucketRef[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ id, count: rows.length, first: placeOf(first), last: placeOf(last) }];
}

/** The buckets as they are after the fold; undefined when those before it are gone. */
async function rewrite(
  store: ListStore,
  list: string,
  runs: readonly Run[],
): Promise<Rewritten | undefined> {
  const refs = (run: Run) => run.regions.flatMap(({ bucket }) => bucket ?? []);
  const replaced = runs.flatMap((run) => (run.rewrite ? refs(run) : []));
  const stored = await loadBuckets(
    store,
    replaced.map((bucket) => ({ list, bucket })),
  );
  if (stored === undefined) return undefined;
  const written: (NewBucket & { id: string })[] = [];
  const buckets = runs.flatMap((run, at) => {
    if (!run.rewrite) return refs(run);
    const rows = run.regions.flatMap((region) =>
      rowsOfRegion(region, (region.bucket && stored.get(region.bucket)) ?? []),
    );
    const cut = cutIntoBuckets(rows, at === runs.length - 1).map((bucket) => ({
      ...bucket,
      id: store.ids.secret(6),
    }));
    written.push(...cut);
    return cut.flatMap(({ id, rows: members }) => toRef(id, members));
  });
  return { buckets, replaced, written };
}

/** What the next root remembers: new changes, and old ones that this fold's read did not cover. */
function nextRecords(
  root: Root,
  covered: number,
  changes: readonly RowChange[],
): { readonly folded: Folded; readonly past: Folded } {
  const isCovered = ([id]: readonly [number, number]): boolean => id < covered;
  const records = [...root.folded];
  const kept = records.filter((record) => !isCovered(record));
  return {
    folded: new Map([...kept, ...changes.map(({ id, version }) => [id, version] as const)]),
    past: new Map(records.filter(isCovered)),
  };
}

const writesOf = (list: string, before: Root, root: Root, done: Rewritten): readonly Write[] => {
  const unchanged = before.version === 0 ? itemMissing : compare('version', '=', before.version);
  return [
    put(toRootItem(list, root), unchanged),
    put({ ...listKeys.head(list), version: root.version }),
    ...done.written.map(({ id, texts }) => put(toBucketItem(list, id, texts), itemMissing)),
  ];
};

const fits = (writes: readonly Write[]): boolean =>
  writes.length <= MAX_TRANSACT_WRITES &&
  writes.reduce((sum, write) => sum + (write.kind === 'put' ? itemSize(write.item) : 0), 0) <=
    MAX_STEP_BYTES;

interface Pending {
  readonly changes: readonly RowChange[];
  readonly covered: number;
  readonly now: number;
}

interface Prepared {
  readonly changes: readonly RowChange[];
  readonly writes: readonly Write[];
  readonly written: Rewritten['written'];
}

/** As many of the changes as one transaction carries, as its writes. */
async function prepare(
  store: ListStore,
  list: string,
  before: Root,
  { covered, changes, now }: Pending,
): Promise<Prepared | undefined> {
  for (let most = changes.length; ; ) {
    const picked = pickChanges(before.buckets, changes, most);
    const done = await rewrite(store, list, planRuns(list, before.buckets, picked));
    if (done === undefined) return undefined;
    const root: Root = {
      version: before.version + 1,
      buckets: done.buckets,
      ...nextRecords(before, covered, picked),
      retired: [
        ...before.retired.filter((bucket) => !isExpired(now)(bucket)),
        ...done.replaced.map(({ id }) => ({ id, at: now })),
      ],
    };
    const writes = writesOf(list, before, root, done);
    if (picked.length === 1 || fits(writes)) {
      return { changes: picked, writes, written: done.written };
    }
    most = Math.ceil(picked.length / 2);
  }
}

const dropEntry = (list: string, entry: Pick<ListEntry, 'id' | 'version'>): Deletion => ({
  kind: 'delete',
  key: listKeys.entry(list, entry),
});

/** Folds a bounded part of the journal. */
async function foldStep(store: ListStore, list: string): Promise<'done' | 'more'> {
  const { table } = store;
  const root = toRoot(await table.get(listKeys.root(list)));
  const { entries, covered } = await readJournal(table, list);
  const { changes, leftovers } = sumUpJournal(entries, foldedIn(root.folded, root.past));
  const now = store.clock.now();
  const prepared =
    changes.length === 0 ? undefined : await prepare(store, list, root, { covered, changes, now });
  const expired = prepared === undefined ? [] : root.retired.filter(isExpired(now));
  // Before the switch: the next root no longer remembers what these are.
  await table.bulk([
    ...leftovers.map((entry) => dropEntry(list, entry)),
    ...expired.map(({ id }): Deletion => ({ kind: 'delete', key: listKeys.bucket(list, id) })),
  ]);
  if (prepared === undefined) {
    return changes.length === 0 && covered < Number.POSITIVE_INFINITY ? 'more' : 'done';
  }
  const { ok } = await table.transact(prepared.writes);
  if (!ok) return 'done';
  for (const { id, rows } of prepared.written) rememberBucket(store, list, id, rows);
  await table.bulk(
    prepared.changes.flatMap(({ id, versions }) =>
      versions.map((version) => dropEntry(list, { id, version })),
    ),
  );
  const isAll = covered === Number.POSITIVE_INFINITY && prepared.changes.length === changes.length;
  return isAll ? 'done' : 'more';
}

/**
 * Moves what the journal of a list holds into its buckets, in bounded steps. Any number of folds
 * may run at once: one wins each step, the others stop. A crash anywhere loses nothing; the next
 * fold goes on.
 */
export async function foldList(store: ListStore, list: string): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if ((await foldStep(store, list)) === 'done') return;
  }
}
