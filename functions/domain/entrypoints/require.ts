import { readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';

/** Throws `not_found` (with `ids_not_found`) unless each is an entrypoint that lives and can be seen. */
export async function requireEntrypoints(ctx: Context, ids: readonly number[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const found = await readRefs(ctx, wanted);
  const lost = wanted.filter((id) => {
    const resource = found.get(id);
    return resource?.type !== 'entry_point' || resource.deletedOn !== undefined;
  });
  if (lost.length === 0) return;
  throw notFound('entry_point', {
    ids_not_found: lost,
    num_expected: wanted.length,
    num_found: wanted.length - lost.length,
  });
}
