import { CREDENTIAL_CACHE_SECONDS } from '#domain/identity/index.ts';
import { type ArtifactHome, activeExperiment } from '#domain/tracking/index.ts';
import type { Context, Target } from '#kernel/context.ts';
import { isTraceId, traceMissing } from './schemas.ts';
import { type Pointer, readPointer, traceKeys } from './trace.items.ts';

const cacheKey = (id: string): string => `trace:${id}`;

/** What permission is asked for when a trace is read or written. */
export const targetOf = ({ id, groupId, jobId }: Pointer): Target => ({
  groupId,
  entity: 'trace',
  lookup: { trace_id: id },
  ...(jobId === undefined ? {} : { jobId }),
});

export function rememberPointer(ctx: Context, pointer: Pointer): Pointer {
  ctx.cache.set(cacheKey(pointer.id), pointer, CREDENTIAL_CACHE_SECONDS);
  return pointer;
}

export const forgetPointer = (ctx: Context, id: string): void => ctx.cache.delete(cacheKey(id));

/** Those of the traces that are there, each once and in order. Who may see them is for the caller to ask. */
export async function findPointers(
  ctx: Context,
  ids: readonly string[],
): Promise<readonly Pointer[]> {
  const wanted = [...new Set(ids)].filter(isTraceId);
  const cached = new Map(wanted.map((id) => [id, ctx.cache.get<Pointer>(cacheKey(id))]));
  const unknown = wanted.filter((id) => cached.get(id) === undefined);
  const items = await ctx.table.batchGet(unknown.map(traceKeys.pointer));
  for (const item of items) {
    if (item !== undefined) {
      const pointer = rememberPointer(ctx, readPointer(item));
      cached.set(pointer.id, pointer);
    }
  }
  return wanted.flatMap((id) => cached.get(id) ?? []);
}

/** What guards a trace, at most 5 seconds old. Throws `not_found`. */
export async function tracePointer(ctx: Context, id: string): Promise<Pointer> {
  const [pointer] = await findPointers(ctx, [id]);
  if (pointer === undefined) throw traceMissing(id);
  return pointer;
}

/** Where the files of an experiment's traces are. */
export const traceFiles = (experimentId: number): string => `runs/traces/${experimentId}/`;

export const filesPrefix = ({ experimentId, id }: Pick<Pointer, 'experimentId' | 'id'>): string =>
  `${traceFiles(experimentId)}${id}/artifacts/`;

/** The files of a trace, which the experiment's id must fit. Throws `not_found`. */
export async function traceHome(
  ctx: Context,
  input: { readonly traceId: string; readonly experimentId?: number },
): Promise<ArtifactHome> {
  const pointer = await tracePointer(ctx, input.traceId);
  if (input.experimentId !== undefined && input.experimentId !== pointer.experimentId) {
    throw traceMissing(input.traceId);
  }
  return {
    target: targetOf(pointer),
    prefix: filesPrefix(pointer),
    requireActive: () => activeExperiment(ctx, pointer.experimentId),
  };
}
