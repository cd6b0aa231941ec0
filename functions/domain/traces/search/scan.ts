import { type Context, readableGroups } from '#kernel/context.ts';
import type { Item, Query } from '#kernel/table.ts';
import { traceKeys } from '../trace.items.ts';
import type { Where } from './question.ts';

/** What is read, in which order, and how much of it at a time. */
export interface Scan {
  readonly experimentIds: readonly number[];
  readonly where: Where;
  readonly latestFirst: boolean;
  /** Only what comes behind this place. */
  readonly after?: string;
  readonly chunk: number;
}

/** The rows of one experiment that are read ahead. */
interface Source {
  readonly experimentId: number;
  rows: readonly Item[];
  after: string | undefined;
  isAtEnd: boolean;
}

function queryOf({ where, latestFirst, chunk }: Scan, source: Source): Query {
  const { from = '', to = '~' } = where.range ?? {};
  const { after, experimentId } = source;
  return {
    pk:
      where.runId === undefined
        ? traceKeys.ofExperiment(experimentId)
        : traceKeys.ofRun(experimentId, where.runId),
    sk: latestFirst
      ? { from: after ?? from, to }
      : { ...(from === '' ? {} : { from }), to: after ?? to },
    order: latestFirst ? 'ascending' : 'descending',
    limit: chunk,
  };
}

async function rowsOf(ctx: Context, { where }: Scan, source: Source, items: readonly Item[]) {
  if (where.runId === undefined) return items;
  const pk = traceKeys.ofExperiment(source.experimentId);
  const rows = await ctx.table.batchGet(items.map(({ sk }) => ({ pk, sk })));
  return rows.flatMap((row) => row ?? []);
}

/** Reads on in an experiment; one of a group that the caller may not read has nothing. */
async function fill(ctx: Context, scan: Scan, source: Source): Promise<void> {
  while (source.rows.length === 0 && !source.isAtEnd) {
    const { items, next } = await ctx.table.query(queryOf(scan, source));
    const fresh = items.filter(({ sk }) => sk !== source.after);
    source.isAtEnd = next === undefined;
    source.after = fresh.at(-1)?.sk ?? source.after;
    const rows = await rowsOf(ctx, scan, source, fresh);
    const groups = ctx.actor.kind === 'system' ? undefined : readableGroups(ctx);
    source.rows = rows.filter(({ groupId }) => groups?.includes(groupId as number) !== false);
    if (source.rows.length < rows.length) source.isAtEnd = true;
  }
}

function nextOf(sources: readonly Source[], latestFirst: boolean): Source | undefined {
  return sources.reduce<Source | undefined>((best, source) => {
    const [row] = source.rows;
    const [other] = best?.rows ?? [];
    if (row === undefined || other === undefined) return row === undefined ? best : source;
    return row.sk < other.sk === latestFirst ? source : best;
  }, undefined);
}

/** The rows of traces of all experiments by time. */
export async function* rowsByTime(ctx: Context, scan: Scan): AsyncGenerator<Item> {
  if (scan.where.range === undefined) return;
  const sources = [...new Set(scan.experimentIds)].map(
    (experimentId): Source => ({ experimentId, rows: [], after: scan.after, isAtEnd: false }),
  );
  for (;;) {
    await Promise.all(sources.map((source) => fill(ctx, scan, source)));
    const source = nextOf(sources, scan.latestFirst);
    const [row] = source?.rows ?? [];
    if (source === undefined || row === undefined) return;
    source.rows = source.rows.slice(1);
    yield row;
  }
}
