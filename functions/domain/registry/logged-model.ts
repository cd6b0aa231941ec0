import type { Context } from '#kernel/context.ts';

/** A logged model that a version is made of. */
export interface LoggedModelOrigin {
  readonly id: string;
  /** Where its files are. */
  readonly location: string;
  readonly runId?: string;
}

/** There is no way to make a logged model here yet, so none is found. */
export const findLoggedModel = async (
  _ctx: Context,
  _id: string,
): Promise<LoggedModelOrigin | undefined> => undefined;
