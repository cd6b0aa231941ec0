import { experimentIdOf } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { texts } from './fields.ts';

/** Ids of experiments; what cannot be one is none. */
export const idsOf = (ctx: Context, list: readonly string[]): readonly number[] =>
  list.flatMap((text) => experimentIdOf(ctx, text) ?? []);

/** Which traces a call is for: with experiments, only theirs. */
export const Wanted = { trace_ids: texts(), experiment_ids: texts().optional() };

export const wanted = (
  ctx: Context,
  query: {
    readonly trace_ids: readonly string[];
    readonly experiment_ids?: readonly string[] | undefined;
  },
) => ({
  ids: query.trace_ids,
  ...(query.experiment_ids?.length ? { experimentIds: idsOf(ctx, query.experiment_ids) } : {}),
});
