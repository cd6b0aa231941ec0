import { requireAdministrator } from '#domain/identity/index.ts';
import type { Context } from '#kernel/context.ts';
import type { Message } from '#kernel/messages.ts';
import { nudgeWriter } from './ingest.ts';
import { EVENTS_QUEUE, openParcel } from './parcel.ts';
import { readLine } from './store-lines.ts';

export interface Redriven {
  /** Messages that are on their way again. */
  readonly sent: number;
  /** Messages that nobody can read, which stay where they are. */
  readonly unreadable: number;
}

/** Taken in one call; whoever sees so many calls again. */
const MAX_LETTERS = 500;
const AT_ONCE = 10;

async function isReadable(ctx: Context, { body }: Message): Promise<boolean> {
  try {
    (await openParcel(ctx, body)).lines.forEach(readLine);
    return true;
  } catch {
    return false;
  }
}

/** Twice on its way is no harm, and lost would be one: so it goes last. */
async function sendAgain(ctx: Context, { body, receipt }: Message): Promise<void> {
  await ctx.messages.send(EVENTS_QUEUE, body);
  await ctx.messages.removeDeadLetter(EVENTS_QUEUE, receipt);
}

/**
 * Sends what became dead letters once more, for administrators and the operator: after a store was out of
 * order for long. It may be repeated, since events are told by their ids.
 */
export async function redriveEvents(ctx: Context): Promise<Redriven> {
  if (ctx.actor.kind !== 'system') requireAdministrator(ctx);
  const letters = await ctx.messages.deadLetters(EVENTS_QUEUE, MAX_LETTERS);
  let sent = 0;
  for (let at = 0; at < letters.length; at += AT_ONCE) {
    const some = letters.slice(at, at + AT_ONCE);
    const readable = await Promise.all(some.map((letter) => isReadable(ctx, letter)));
    const again = some.filter((_, index) => readable[index]);
    await Promise.all(again.map((letter) => sendAgain(ctx, letter)));
    sent += again.length;
  }
  if (sent > 0) nudgeWriter(ctx);
  return { sent, unreadable: letters.length - sent };
}
