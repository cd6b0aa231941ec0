import type { Context } from '#kernel/context.ts';
import { conflict } from '#kernel/errors.ts';
import { runFiles } from './artifacts.ts';
import { runKeys } from './run.items.ts';
import { invalidValue } from './schemas.ts';

const RUN_ID = /^[0-9a-f]{32}$/;

/** Says nothing of the run: it may be one that the caller must not know of. */
export const runIdTaken = (id: string) =>
  conflict('entity_exists', `A run with id=${id} exists already.`, { entity: 'run' });

/**
 * The id of a run to be made: a random one, or `chosen`, which a run has at another server and keeps
 * when it is imported, since links, files and models name it. The permission to make the run must have been
 * asked for. Throws `invalid`, and `conflict` where anything is kept under that id, such as files of a
 * run that is gone for good: whoever has the id has them.
 */
export async function newRunId(ctx: Context, chosen: string | undefined): Promise<string> {
  if (chosen === undefined) return ctx.ids.hex32();
  if (!RUN_ID.test(chosen)) throw invalidValue('run_id', chosen, 'Use 32 lower-case hex digits.');
  const [{ items }, { objects }] = await Promise.all([
    ctx.table.query({ pk: runKeys.partition(chosen), limit: 1 }),
    ctx.blobs.list(runFiles(chosen), { limit: 1 }),
  ]);
  if (items.length + objects.length > 0) throw runIdTaken(chosen);
  return chosen;
}
