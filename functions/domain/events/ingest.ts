import type { Context } from '#kernel/context.ts';
import { normaliseEvents, type Refused } from './normalise.ts';
import { sendLines } from './parcel.ts';
import type { ParsedEvents } from './parse/parse.ts';

export interface Ingest {
  /** Of the project whose token was shown; the token is the permission. */
  readonly groupId: number;
  /** Milliseconds. */
  readonly receivedOn: number;
  readonly parsed: ParsedEvents;
}

export interface Ingested {
  readonly accepted: number;
  readonly refused: readonly Refused[];
}

/** For so long after a nudge a process sends none: what came meanwhile is taken by the same writer, or by the next. */
const NUDGE_SECONDS = 5;
const NUDGED = 'events:nudged';

/** Has somebody store what waits; each minute the sweeper looks anyway. */
export function nudgeWriter(ctx: Context): void {
  if (ctx.cache.get(NUDGED) !== undefined) return;
  ctx.cache.set(NUDGED, true, NUDGE_SECONDS);
  const started = ctx.background.start('store-events', { slot: 0 }).catch((error: unknown) => {
    ctx.cache.delete(NUDGED);
    throw error;
  });
  ctx.defer(started);
}

/**
 * Takes the events of a call, but for those that break a rule. Resolves when the queue has all that are
 * accepted; none is accepted when it throws (`unavailable`), and the call may be repeated.
 */
export async function ingestEvents(ctx: Context, ingest: Ingest): Promise<Ingested> {
  const { lines, refused } = normaliseEvents(ingest.parsed, ingest.receivedOn);
  if (lines.length > 0) {
    await sendLines(ctx, ingest.groupId, lines);
    nudgeWriter(ctx);
  }
  return { accepted: lines.length, refused };
}
