import type { Kind } from '#domain/resources/index.ts';
import type { Context } from '#kernel/context.ts';

/** The numbers in an address. */
export type PathIds = Readonly<Record<string, number>>;

/** Where the resources of a kind live in the API. */
export interface Place<D> {
  readonly kind: Kind<D>;
  /** In operation ids, e.g. `Queue`. */
  readonly title: string;
  /** Object of the scopes. */
  readonly scope: string;
  /** All of them, e.g. `/queues`. */
  readonly collection: string;
  /** One of them, e.g. `/queues/{id:int}`. */
  readonly item: string;
  /** The one that an address names; throws `not_found` where it names none. */
  readonly find: (ctx: Context, ids: PathIds) => Promise<number>;
  /** What they are in, where that is not their group alone. Throws `not_found`. */
  readonly parent?: (
    ctx: Context,
    ids: PathIds,
  ) => Promise<{ readonly id: number; readonly groupId: number }>;
}

/** Resources that are in nothing but their group. */
export const placeOf = <D>(mount: {
  readonly path: string;
  readonly title: string;
  readonly scope: string;
  readonly kind: Kind<D>;
}): Place<D> => ({
  kind: mount.kind,
  title: mount.title,
  scope: mount.scope,
  collection: `/${mount.path}`,
  item: `/${mount.path}/{id:int}`,
  find: async (_, { id = 0 }) => id,
});

/** The address with its numbers put in, without the leading slash. */
export const addressed = (path: string, ids: PathIds): string =>
  path.slice(1).replaceAll(/\{([a-zA-Z]+):int\}/g, (_, name: string) => String(ids[name]));
