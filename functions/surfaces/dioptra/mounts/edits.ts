import type * as z from 'zod';
import type { Kind, Resource } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';

/** Where a new resource goes. */
export interface NewPlace {
  readonly groupId: number;
  readonly parentId?: number;
}

/** Which resource changes. */
export interface ChangedPlace {
  readonly id: number;
  readonly parentId?: number;
}

/**
 * How people make resources of a kind and change them: what they send, and the verbs that take it.
 * The calls that make and change resources go by it, and what drafts hold and become.
 */
export interface Edits<D> {
  readonly kind: Kind<D>;
  /** The body of a new one, but its group. */
  readonly fields: z.ZodObject;
  readonly create: (ctx: Context, place: NewPlace, fields: never) => Promise<Resource<D>>;
  /** The body of a change. */
  readonly changes: z.ZodObject;
  readonly change: (ctx: Context, place: ChangedPlace, changes: never) => Promise<Resource<D>>;
}

/** Declares edits with the types of the bodies inferred. */
export const editsOf = <D, N extends z.ZodObject, C extends z.ZodObject>(edits: {
  readonly kind: Kind<D>;
  readonly fields: N;
  readonly create: (ctx: Context, place: NewPlace, fields: z.output<N>) => Promise<Resource<D>>;
  readonly changes: C;
  readonly change: (
    ctx: Context,
    place: ChangedPlace,
    changes: z.output<C>,
  ) => Promise<Resource<D>>;
}): Edits<D> => edits as unknown as Edits<D>;
