import { sizeOf } from '../run.items.ts';
import type { Entry } from '../schemas.ts';

/** A page is not filled beyond this. */
const PAGE_BYTES = 32 * 1024;
/** Longer values are kept in parts, so that one always fits on a page. */
const PART_CHARACTERS = 7_000;

/** The tags of an experiment as its items hold them. A value in parts has its name repeated. */
export type TagPages = readonly (readonly Entry[])[];

/** The tags, by their names. */
export function tagsOf(pages: TagPages): readonly Entry[] {
  const values = new Map<string, string>();
  for (const { key, value } of pages.flat()) values.set(key, (values.get(key) ?? '') + value);
  return [...values].map(([key, value]) => ({ key, value }));
}

function partsOf({ key, value }: Entry): readonly Entry[] {
  if (value.length <= PART_CHARACTERS) return [{ key, value }];
  const characters = [...value];
  const parts = Math.ceil(characters.length / PART_CHARACTERS);
  return Array.from({ length: parts }, (_, at) => ({
    key,
    value: characters.slice(at * PART_CHARACTERS, (at + 1) * PART_CHARACTERS).join(''),
  }));
}

const without = (pages: TagPages, key: string): TagPages =>
  pages.map((page) =>
    page.some((entry) => entry.key === key) ? page.filter((entry) => entry.key !== key) : page,
  );

/** Parts stay in their order: none comes to a page before that of the one before it. */
function placed(pages: TagPages, parts: readonly Entry[]): TagPages {
  const all = [...pages];
  let from = 0;
  for (const part of parts) {
    const size = sizeOf([part]);
    let at = from;
    while (at < all.length && sizeOf(all[at] ?? []) + size > PAGE_BYTES) at += 1;
    all[at] = [...(all[at] ?? []), part];
    from = at;
  }
  return all;
}

/** The pages with a tag set; those that stay as they are are the same objects. */
export const withTag = (pages: TagPages, tag: Entry): TagPages =>
  placed(without(pages, tag.key), partsOf(tag));

export const withoutTag = without;
