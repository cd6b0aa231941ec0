import { type Context, requireSystem } from '#kernel/context.ts';
import { all, any, compare, missing, update } from '#kernel/table.ts';
import { eventKeys } from './event.items.ts';

/**
 * Of many that are told to store events only a few do: whoever stores much at a time makes few objects of
 * it. The others leave a mark, for which the holder of the slot looks once more.
 */
export interface Slot {
  readonly slot: number;
  readonly holder: string;
}

/** A holder that gives no sign for so long is over. */
const HELD_MS = 60_000;

/** The slot, or `undefined` where another has it, who then looks again before it ends. */
export async function takeSlot(ctx: Context, slot: number): Promise<Slot | undefined> {
  requireSystem(ctx);
  const holder = ctx.ids.hex32();
  const now = ctx.clock.now();
  const taken = await ctx.table.write(
    update(
      eventKeys.writer(slot),
      { set: { holder, heldUntil: now + HELD_MS }, remove: ['again'] },
      any(missing('heldUntil'), compare('heldUntil', '<=', now)),
    ),
  );
  if (taken.ok) return { slot, holder };
  // Where it was let go in between, the next call or the sweeper takes it.
  await ctx.table.write(
    update(eventKeys.writer(slot), { set: { again: true } }, compare('heldUntil', '>', now)),
  );
  return undefined;
}

const mine = ({ holder }: Slot) => compare('holder', '=', holder);

/** Holds it for longer; `false` where it was lost. */
export async function keepSlot(ctx: Context, slot: Slot): Promise<boolean> {
  requireSystem(ctx);
  const kept = await ctx.table.write(
    update(
      eventKeys.writer(slot.slot),
      { set: { heldUntil: ctx.clock.now() + HELD_MS }, remove: ['again'] },
      mine(slot),
    ),
  );
  return kept.ok;
}

/** Lets it go, unless somebody asked for another look: then it is still held, and the answer `false`. */
export async function releaseSlot(ctx: Context, slot: Slot): Promise<boolean> {
  requireSystem(ctx);
  const released = await ctx.table.write(
    update(
      eventKeys.writer(slot.slot),
      { remove: ['holder', 'heldUntil'] },
      all(mine(slot), missing('again')),
    ),
  );
  return released.ok || !(await keepSlot(ctx, slot));
}

/** Lets it go in any case: the next call or the sweeper looks. */
export async function dropSlot(ctx: Context, slot: Slot): Promise<void> {
  requireSystem(ctx);
  await ctx.table.write(
    update(eventKeys.writer(slot.slot), { remove: ['holder', 'heldUntil', 'again'] }, mine(slot)),
  );
}
