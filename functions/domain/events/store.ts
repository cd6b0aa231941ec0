import { type Context, requireSystem } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import type { Message } from '#kernel/messages.ts';
import { EVENTS_QUEUE, openParcel } from './parcel.ts';
import { type Line, readLine, type Sorted, sortLines, storeSorted } from './store-lines.ts';
import { dropSlot, keepSlot, releaseSlot, takeSlot } from './writer-slot.ts';

export interface StoreTask {
  /** Those of different slots work side by side. */
  readonly slot: number;
  /** How long it goes on at most; 10 minutes when missing. */
  readonly maxMs?: number;
  /** How long it waits for more before it ends; a second when missing. */
  readonly waitSeconds?: number;
}

export interface StoreReport {
  readonly messages: number;
  readonly events: number;
  /** Messages that nobody can read: they become dead letters. */
  readonly unreadable: number;
  /** Messages that come again since a store failed. */
  readonly later: number;
}

const TEN_MINUTES_MS = 600_000;
/** Far longer than a round takes, so that what one stores no other begins with. */
const VISIBILITY_SECONDS = 120;
/** Asked for at the same time, ten messages each: a queue gives no more at once. */
const RECEIVERS = 4;
/** Text of lines that is in memory at a time, but for the last message. */
const MAX_HELD_CHARACTERS = 24 * 1024 * 1024;
const MAX_BACKOFF_SECONDS = 900;
/** Whatever was begun so often may be what ends its writer: it is stored apart from the others. */
const SUSPICIOUS_DELIVERIES = 3;

type Tally = { -readonly [name in keyof StoreReport]: number };

interface Taken {
  readonly message: Message;
  readonly groupId: number;
  readonly lines: readonly Line[];
  /** What may go once the lines are stored. */
  readonly object: string | undefined;
}

/** A store that fails for twenty minutes makes no dead letters yet. */
const backoff = (deliveries: number): number =>
  Math.min(MAX_BACKOFF_SECONDS, 30 * 4 ** Math.min(deliveries - 1, 5));

const isOutage = (error: unknown): boolean =>
  error instanceof AppError && error.code === 'unavailable';

const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Not removed, so that it becomes a dead letter: nothing that came is thrown away. */
async function never(ctx: Context, message: Message, error: unknown): Promise<void> {
  ctx.log.error('events_unreadable', { message: reasonOf(error) });
  await ctx.messages.release(EVENTS_QUEUE, message.receipt, 0);
}

async function later(ctx: Context, messages: readonly Message[]): Promise<void> {
  const releases = messages.map(({ receipt, deliveries }) =>
    ctx.messages.release(EVENTS_QUEUE, receipt, backoff(deliveries)),
  );
  await Promise.allSettled(releases);
}

/** A message goes last: until then everything can be done once more. */
async function done(ctx: Context, { message, object }: Taken): Promise<void> {
  if (object !== undefined) await ctx.blobs.remove([object]);
  await ctx.messages.remove(EVENTS_QUEUE, message.receipt);
}

function sorted(taken: readonly Taken[]): Sorted {
  const content: Sorted = new Map();
  for (const { groupId, lines } of taken) sortLines(content, groupId, lines);
  return content;
}

/** Stores what some messages hold. Those come again that no store took. */
async function storeTaken(ctx: Context, taken: readonly Taken[], tally: Tally): Promise<void> {
  if (taken.length === 0) return;
  try {
    await storeSorted(ctx, sorted(taken));
  } catch (error) {
    if (taken.length > 1 && !isOutage(error)) {
      for (const each of taken) await storeTaken(ctx, [each], tally);
      return;
    }
    ctx.log.error('events_not_stored', { message: reasonOf(error) });
    tally.later += taken.length;
    await later(
      ctx,
      taken.map(({ message }) => message),
    );
    return;
  }
  tally.messages += taken.length;
  tally.events += taken.reduce((sum, { lines }) => sum + lines.length, 0);
  // What is not removed now comes again, and is then stored under the same names or told by its ids.
  await Promise.allSettled(taken.map((each) => done(ctx, each)));
}

async function open(ctx: Context, message: Message, tally: Tally): Promise<Taken | undefined> {
  try {
    const { groupId, lines, object } = await openParcel(ctx, message.body);
    return { message, groupId, lines: lines.map(readLine), object };
  } catch (error) {
    if (isOutage(error)) {
      tally.later += 1;
      await later(ctx, [message]);
    } else {
      tally.unreadable += 1;
      await never(ctx, message, error);
    }
    return undefined;
  }
}

/** One round: what is there now, in parts that fit in memory. */
async function storeMessages(ctx: Context, messages: readonly Message[], tally: Tally) {
  let taken: Taken[] = [];
  let held = 0;
  const flush = async (): Promise<void> => {
    const batch = taken;
    taken = [];
    held = 0;
    await storeTaken(ctx, batch, tally);
  };
  for (const message of messages.toSorted((a, b) => a.deliveries - b.deliveries)) {
    if (message.deliveries >= SUSPICIOUS_DELIVERIES) await flush();
    const each = await open(ctx, message, tally);
    if (each === undefined) continue;
    taken.push(each);
    held += each.lines.reduce((sum, { text }) => sum + text.length, 0);
    if (held >= MAX_HELD_CHARACTERS) await flush();
  }
  await flush();
}

async function receive(ctx: Context, waitSeconds: number): Promise<readonly Message[]> {
  const ask = (wait: number) =>
    ctx.messages.receive(EVENTS_QUEUE, {
      max: 10,
      waitSeconds: wait,
      visibilitySeconds: VISIBILITY_SECONDS,
    });
  const first = await ask(waitSeconds);
  if (first.length < 10) return first;
  const more = await Promise.all(Array.from({ length: RECEIVERS - 1 }, () => ask(0)));
  return [first, ...more].flat();
}

/**
 * Stores what was ingested, until nothing is left or its time is over. Called for a nudge and each minute
 * while something waits, in any number at once. It may end at any point: what was not stored, or not known
 * to be, comes again.
 */
export async function storeEvents(ctx: Context, task: StoreTask): Promise<StoreReport> {
  requireSystem(ctx);
  const { maxMs = TEN_MINUTES_MS, waitSeconds = 1 } = task;
  const tally: Tally = { messages: 0, events: 0, unreadable: 0, later: 0 };
  const slot = await takeSlot(ctx, task.slot);
  if (slot === undefined) return tally;
  const endsOn = ctx.clock.now() + maxMs;
  try {
    while (ctx.clock.now() < endsOn) {
      const messages = await receive(ctx, waitSeconds);
      await storeMessages(ctx, messages, tally);
      if (messages.length === 0) {
        if (await releaseSlot(ctx, slot)) return tally;
      } else if (!(await keepSlot(ctx, slot))) return tally;
    }
  } catch (error) {
    await dropSlot(ctx, slot).catch(() => undefined);
    throw error;
  }
  await dropSlot(ctx, slot);
  return tally;
}
