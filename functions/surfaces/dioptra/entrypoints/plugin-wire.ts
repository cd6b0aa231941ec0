import * as z from 'zod';
import { pluginsAt, typeIdsOf } from '#domain/plugins/index.ts';
import { type Bound, type Referred, readRefs } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';
import { shapeTasks, Tasks } from '../plugins/task-wire.ts';
import { BASE } from '../shapes.ts';

/** A plugin at the version that an entrypoint binds. */
export const EntrypointPlugin = z.object({
  id: z.int(),
  name: z.string(),
  snapshotId: z.int(),
  latestSnapshot: z.boolean(),
  url: z.string(),
  files: z.array(
    z.object({
      id: z.int(),
      filename: z.string(),
      snapshotId: z.int(),
      url: z.string(),
      tasks: Tasks,
    }),
  ),
});

export interface Bindings {
  /** Answers about bound plugins. */
  readonly shape: (bound: readonly Bound[]) => readonly object[];
  /** What else was asked for, by id. */
  readonly refs: ReadonlyMap<number, Referred>;
}

const nameOf = ({ id, snapshot }: Bound): string => `${id}:${snapshot}`;

/** Reads bound plugins, their types and other resources to refer to, all at once. */
export async function readBindings(
  ctx: Context,
  bound: readonly Bound[],
  others: readonly number[],
): Promise<Bindings> {
  const wanted = [...new Map(bound.map((one) => [nameOf(one), one])).values()];
  const [found, named] = await Promise.all([
    pluginsAt(ctx, wanted),
    readRefs(ctx, [...others, ...wanted.map(({ id }) => id)]),
  ]);
  const tasks = found.flatMap(({ data }) => data.files.map((file) => file.tasks));
  const types = await readRefs(ctx, typeIdsOf(tasks));
  const shown = new Map(
    found.map((one) => [
      nameOf(one),
      {
        id: one.id,
        name: one.data.name,
        snapshotId: one.snapshot,
        latestSnapshot: named.get(one.id)?.snapshot === one.snapshot,
        url: `${BASE}/plugins/${one.id}/snapshots/${one.snapshot}`,
        files: one.data.files.map(({ id, filename, snapshot, tasks: declared }) => ({
          id,
          filename,
          snapshotId: snapshot,
          url: `${BASE}/plugins/${one.id}/files/${id}/snapshots/${snapshot}`,
          tasks: shapeTasks(ctx, types, declared),
        })),
      },
    ]),
  );
  const shape = (some: readonly Bound[]) => some.flatMap((one) => shown.get(nameOf(one)) ?? []);
  return { shape, refs: named };
}
