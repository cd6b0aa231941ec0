import { type Context, requireSystem } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Write } from '#kernel/table.ts';
import { runKeys } from '../run.items.ts';
import { detailOf, type RunDetail } from '../run-detail.ts';
import type { Run } from '../schemas.ts';
import { cardOf, encodeCard } from './card.ts';
import { entriesOfRun, shelfOf } from './entries.ts';
import {
  cardKey,
  type EntryKey,
  entryPut,
  type IndexRecord,
  readRecord,
  recordWrites,
} from './index.items.ts';

type BulkWrite = Extract<Write, { kind: 'put' | 'delete' }>;

/** What was read is not written later than this; somebody else may have read it anew. */
const MOST_MS = 15_000;

const nameOf = ([pk, sk]: EntryKey): string => `${pk}\n${sk}`;
const removal = ([pk, sk]: EntryKey): BulkWrite => ({ kind: 'delete', key: { pk, sk } });
const without = (keys: readonly EntryKey[], others: readonly EntryKey[]): readonly EntryKey[] => {
  const names = new Set(others.map(nameOf));
  return keys.filter((each) => !names.has(nameOf(each)));
};

interface Wanted {
  readonly entries: readonly EntryKey[];
  readonly card?: { readonly key: EntryKey; readonly text: string };
}

const wantedOf = (detail: RunDetail | undefined): Wanted =>
  detail === undefined
    ? { entries: [] }
    : {
        entries: entriesOfRun(detail),
        card: { key: cardKey(shelfOf(detail), detail.run), text: encodeCard(cardOf(detail)) },
      };

/** The run as it is and what the index has of it; no run where it is gone for good. */
async function readIndexed(ctx: Context, runId: string) {
  const { items } = await ctx.table.query({
    pk: runKeys.partition(runId),
    sk: { from: 'L#', to: 'X#~' },
  });
  const row = items.find(({ sk }) => sk === 'RUN');
  const record = readRecord(items.filter(({ sk }) => sk.startsWith('X#')));
  return { detail: row === undefined ? undefined : detailOf(row, items), record };
}

/** What the record says while and after the index changes; nothing at all after a run that is gone. */
const recordOf = (runId: string, record: IndexRecord, { card }: Wanted): readonly BulkWrite[] => {
  const writes = recordWrites(runId, record);
  if (card !== undefined || record.entries.length > 0) return writes;
  return writes.map((write) =>
    write.kind === 'put'
      ? { kind: 'delete', key: { pk: write.item.pk, sk: write.item.sk } }
      : write,
  );
};

/** Writes that bring the index from `record` to what is wanted, in steps that must follow each other. */
function stepsOf(runId: string, record: IndexRecord, wanted: Wanted): readonly BulkWrite[][] {
  const fresh = without(wanted.entries, record.entries);
  const card = wanted.card === undefined ? [] : [wanted.card];
  const before = record.card === undefined ? [] : [record.card];
  const stale = [
    ...without(record.entries, wanted.entries),
    // One that is on its way out is among the entries, where that was interrupted.
    ...without(before, [...card.map(({ key }) => key), ...record.entries]),
  ];
  // What may be in the index is on record before it is there, and until it is gone.
  const during = { ...record, ...cardOn(wanted), entries: [...wanted.entries, ...stale] };
  const pages = recordOf(runId, during, wanted);
  const after = { ...cardOn(wanted), entries: wanted.entries, pages: pages.length };
  const isOnRecord = fresh.length === 0 && stale.length === 0 && before.length > 0;
  return [
    isOnRecord ? [] : [...pages],
    [
      ...fresh.map(entryPut),
      ...card.map(({ key: [pk, sk], text }) => ({
        kind: 'put' as const,
        item: { pk, sk, card: text },
      })),
      ...stale.map(removal),
    ],
    stale.length === 0 ? [] : [...recordOf(runId, after, wanted)],
  ];
}

const cardOn = ({ card }: Wanted) => (card === undefined ? {} : { card: card.key });

/**
 * Brings the index of a run up to date with the run as it is now, which it returns; a run that is gone
 * is taken out. It may be repeated, and be left off anywhere.
 */
export async function settleRun(ctx: Context, runId: string): Promise<Run | undefined> {
  requireSystem(ctx);
  const began = ctx.clock.now();
  const { detail, record } = await readIndexed(ctx, runId);
  for (const step of stepsOf(runId, record, wantedOf(detail))) {
    if (ctx.clock.now() - began > MOST_MS) {
      throw new AppError('unavailable', 'The index could not be written in time.');
    }
    if (step.length > 0) await ctx.table.bulk(step);
  }
  return detail?.run;
}
