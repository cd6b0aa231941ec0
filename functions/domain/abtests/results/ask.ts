import { listEventObjects, readMerges } from '#domain/events/index.ts';
import type { Context } from '#kernel/context.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Question, WarehouseRow } from '#kernel/warehouse.ts';

/** Objects are put into others all the time, but seldom those of the same hours again and again. */
const MAX_TRIES = 5;

export interface Asked {
  readonly groupId: number;
  /** Milliseconds since the epoch; `to` is excluded. */
  readonly from: number;
  readonly to: number;
  readonly statement: Question['statement'];
}

/** What the events of a group of some time say. Throws `unavailable` where nobody can be asked now. */
export async function ask(
  ctx: Context,
  { groupId, from, to, statement }: Asked,
): Promise<readonly WarehouseRow[]> {
  const { warehouse } = ctx;
  if (warehouse === undefined) throw unavailable('Results cannot be worked out here.');
  const persons = await readMerges(ctx, groupId);
  for (let tries = 1; tries <= MAX_TRIES; tries += 1) {
    const hours = await listEventObjects(ctx, groupId, from, to);
    const rows = await warehouse.query({ groupId, hours, persons, statement });
    if (rows !== undefined) return rows;
  }
  throw unavailable('The events change too often to be read; try again.');
}

export const numberIn = (row: WarehouseRow | undefined, column: string): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};
