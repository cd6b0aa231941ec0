import { createHash } from 'node:crypto';
import { type Context, requireSystem } from '#kernel/context.ts';
import type { Parquet } from '#kernel/parquet.ts';
import { EVENT_ROWS } from './columns.ts';
import { endOf, eventObjects, type Hour, startOf } from './event.items.ts';
import { type EventObject, listEventObjects } from './objects.ts';

/** What one file is made of at most; the engine has room for that on its disk. */
const MAX_INPUT_BYTES = 1536 * 1024 * 1024;
const MAX_INPUTS = 2_000;
/** Another compactor is at the same hour: it does what this one would. */
const MAX_TRIES = 3;

/** The smallest first, so that what is large already waits longest for being written again. */
function chosen(objects: readonly EventObject[]): readonly EventObject[] {
  const inputs: EventObject[] = [];
  let bytes = 0;
  for (const object of objects.toSorted((a, b) => a.size - b.size)) {
    bytes += object.size;
    if (inputs.length > 0 && (bytes > MAX_INPUT_BYTES || inputs.length === MAX_INPUTS)) break;
    inputs.push(object);
  }
  return inputs;
}

/** Named by what it is made of: the same inputs make the same file. */
const idOf = (keys: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(keys.toSorted())).digest('hex').slice(0, 32);

/**
 * One step towards one file for an hour: `clean` when there was none to take; `stepped` when more may be
 * left; `contended` where others take the same. Inputs go after the file is there that has all of them: at any point an event is
 * in one object at least.
 */
async function step(
  ctx: Context,
  parquet: Parquet,
  groupId: number,
  hour: Hour,
): Promise<'clean' | 'stepped' | 'contended'> {
  const [found] = await listEventObjects(ctx, groupId, startOf(hour), endOf(hour));
  const inputs = chosen(found?.objects ?? []);
  const isOneFile = inputs.length === 1 && inputs[0]?.format === 'parquet';
  if (inputs.length === 0 || isOneFile) return 'clean';
  const keys = inputs.map(({ key }) => key);
  const output = eventObjects.hour(groupId, hour, idOf(keys));
  const rows = await parquet.merge(keys, output, EVENT_ROWS);
  if (rows === undefined) return 'contended';
  await ctx.blobs.remove(keys.filter((key) => key !== output));
  return 'stepped';
}

/** Makes one file of an hour's objects, or few of very large ones; each event is in it once. */
export async function compactHour(
  ctx: Context,
  parquet: Parquet,
  groupId: number,
  hour: Hour,
): Promise<void> {
  requireSystem(ctx);
  let tries = 0;
  for (;;) {
    const outcome = await step(ctx, parquet, groupId, hour);
    if (outcome === 'clean') return;
    if (outcome === 'contended') tries += 1;
    if (tries === MAX_TRIES) return;
  }
}
