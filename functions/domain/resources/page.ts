import type { Summary } from './list/index.ts';

export interface PageRequest {
  /** Offset of the first row. */
  readonly index: number;
  readonly pageLength: number;
  readonly search?: string;
  readonly sortBy?: string;
  readonly descending?: boolean;
}

interface Where {
  readonly name: string;
  readonly matches: (summary: Summary) => boolean | undefined;
}

export interface ListRequest extends PageRequest {
  readonly groupId?: number;
  readonly showDeleted?: boolean;
  /** Read these lists instead of the groups' own: whoever names them has seen that the actor may. */
  readonly lists?: readonly string[];
  /**
   * Only rows of which `matches` says so, `undefined` where it takes the whole summary; `name` tells
   * it from others, as outcomes are cached.
   */
  readonly where?: Where;
  /** The tags of every row, where they hang on what the lists belong to; asked by searches alone. */
  readonly tags?: () => Promise<readonly number[]>;
}

export interface ResourcePage<R> {
  readonly rows: readonly R[];
  readonly total: number;
}
