import { experimentIdOf, ownExperimentText } from '#domain/tracking/index.ts';
import type { Context } from '#kernel/context.ts';
import { notFound } from '#kernel/errors.ts';

/**
 * An experiment's id from its text; what cannot be one is an experiment that does not exist. "0" is
 * the one that the caller's own group has from the start, `0-<group>` that of any group.
 */
export function experimentId(ctx: Context, text: string): number {
  const id = experimentIdOf(ctx, text);
  if (id === undefined) throw notFound('experiment', { resource_id: text });
  return id;
}

/** The id as callers know it. */
export const toExperimentId = (ctx: Context, id: number): string => ownExperimentText(ctx, id);
