import { key, pad, prefix } from '#kernel/keys.ts';
import type { Item, Key } from '#kernel/table.ts';
import { entriesOf } from '../run.items.ts';
import type { Entry } from '../schemas.ts';

const partition = (experimentId: number): string => `${prefix.run}#EXP#${experimentId}`;

export const experimentKeys = {
  /** What MLflow's clients gave an experiment. */
  side: (experimentId: number): Key => key(partition(experimentId), 'TAGS'),
  /** More of its tags; pages count from 1. */
  page: (experimentId: number, page: number): Key =>
    key(partition(experimentId), `TAGS#${pad(page)}`),
};

export const experimentOfSide = ({ pk }: Key): number => Number(pk.slice(partition(0).length - 1));

/**
 * The side of an experiment that is tracking's own: its tags. Of the experiment that each group has
 * from the start it is all there is, once something of it was changed.
 */
export interface Side {
  /** Rises with every write; 0 where there is none. */
  readonly version: number;
  readonly first: readonly Entry[];
  /** Further pages. */
  readonly pages: number;
  readonly name?: string;
  readonly updatedOn?: number;
  readonly deletedOn?: number;
  /** As its tag says. */
  readonly retentionDays?: number;
}

export function readSide(item: Item | undefined): Side {
  if (item === undefined) return { version: 0, first: [], pages: 0 };
  const { name, updatedOn, deletedOn, retentionDays } = item as unknown as Side;
  return {
    version: Number(item.version ?? 0),
    first: entriesOf(item),
    pages: Number(item.pages ?? 0),
    ...(name === undefined ? {} : { name }),
    ...(updatedOn === undefined ? {} : { updatedOn }),
    ...(deletedOn === undefined ? {} : { deletedOn }),
    ...(retentionDays === undefined ? {} : { retentionDays }),
  };
}
