import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { type SearchVerdict, verdict } from '#kernel/search/matches.ts';
import { parseSearch, type SearchTerm } from '#kernel/search/parse.ts';
import { effortOf } from '#kernel/search/pattern.ts';
import type { ListFilter, ListRow, Summary } from './list/index.ts';
import { listedResources } from './listed-rows.ts';
import type { ListRequest } from './page.ts';
import type { Kind, Resource } from './resource.ts';
import { type TagNames, tagNamesFor } from './tags/tag-names.ts';

const textOf = (value: Summary[string]): string | readonly string[] | undefined => {
  if (value === null) return undefined;
  return typeof value === 'object' ? value : String(value);
};

/** What is `open` is not told by what a list holds of it. */
function recordOf({ open, ...summary }: Summary, names: readonly string[]) {
  const isOpen = (field: string): boolean => Array.isArray(open) && open.includes(field);
  const fields = Object.entries(summary).map(
    ([field, value]) => [field, isOpen(field) ? '' : textOf(value)] as const,
  );
  return { ...Object.fromEntries(fields), tag: names };
}

const fieldsOf = <D>({ searchable, searchableByName }: Kind<D>) => ({
  fields: searchable,
  byName: searchableByName,
});

/** What a row must have to be found. */
interface Sought {
  readonly terms: readonly SearchTerm[];
  readonly where: ListRequest['where'] | undefined;
  /** The names of a row's tags, by what the row holds of them. */
  readonly tagNames: (own: readonly (string | number)[]) => readonly string[];
}

const namesOf = (ids: readonly (string | number)[], names: TagNames): readonly string[] =>
  ids.flatMap((id) => names.get(Number(id)) ?? []);

/** Lists of before `cut` was told kept so many characters of a text. */
const FIRST_CHARACTERS = 120;

/** Fields of which a list may hold the beginning only. */
function cutFields({ cut, ...summary }: Summary): readonly string[] {
  if (Array.isArray(cut)) return cut;
  return Object.keys(summary).filter((field) => {
    const value = summary[field];
    return typeof value === 'string' && value.length === FIRST_CHARACTERS;
  });
}

const both = (first: SearchVerdict, second: () => SearchVerdict): SearchVerdict => {
  if (first === false) return false;
  const verdict = second();
  return first === undefined && verdict === true ? undefined : verdict;
};

/** Whether a row passes, by what the list keeps of it; `undefined` where that does not tell. */
function listedVerdict({ terms, where, tagNames }: Sought, summary: Summary): SearchVerdict {
  return both(where === undefined || where.matches(summary), () => {
    const { tags } = summary;
    const record = recordOf(summary, tagNames(Array.isArray(tags) ? tags : []));
    return verdict(terms, record, cutFields(summary));
  });
}

/** Whether a resource, or a version of it, passes. */
function passes<D>(
  { terms, where, tagNames }: Sought,
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'data' | 'links'>,
): boolean {
  const summary = kind.summary(resource);
  if (where?.matches(summary) === false) return false;
  return verdict(terms, recordOf(summary, tagNames(resource.links.tags ?? []))) === true;
}

/** Rows whose long texts decide are read whole, so many rows and bytes at a time. */
const WHOLE_AT_ONCE = 100;
const BYTES_AT_ONCE = 16 * 1024 * 1024;
/** More than one search may read in the time that an answer has. */
const MAX_SEARCHED_BYTES = 512 * 1024 * 1024;

const bytesOf = ({ summary }: ListRow): number => Number(summary.bytes ?? 0);

/** Each term compares all of a text. */
const effortOfAll = (terms: readonly SearchTerm[]): number =>
  terms.reduce((sum, { pattern }) => sum + effortOf(pattern), 0);

/** The rows in portions that memory holds. Throws `too_large`. */
function portions(
  rows: readonly ListRow[],
  terms: readonly SearchTerm[],
): readonly (readonly ListRow[])[] {
  const searched = rows.reduce((sum, row) => sum + bytesOf(row), 0) * effortOfAll(terms);
  if (searched > MAX_SEARCHED_BYTES) {
    throw new AppError(
      'too_large',
      'The search would read too much: use fewer terms, or name a field, such as "name:", that holds short texts.',
    );
  }
  const all: ListRow[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const last = all.at(-1);
    bytes += bytesOf(row);
    if (last !== undefined && last.length < WHOLE_AT_ONCE && bytes <= BYTES_AT_ONCE) last.push(row);
    else {
      all.push([row]);
      bytes = bytesOf(row);
    }
  }
  return all;
}

/** Those of the rows that pass, by what the resources themselves hold. */
async function passingWhole<D>(
  ctx: Context,
  kind: Kind<D>,
  rows: readonly ListRow[],
  sought: Sought,
): Promise<readonly ListRow[]> {
  const found: ListRow[] = [];
  for (const some of portions(rows, sought.terms)) {
    const whole = await listedResources(ctx, kind, some);
    const isFound = whole.map((resource) => passes(sought, kind, resource));
    found.push(...some.filter((_, index) => isFound[index]));
  }
  return found;
}

/** The filter of a search; what tags are named is read beside the list that it filters. */
export async function searchFilter<D>(
  ctx: Context,
  kind: Kind<D>,
  { search = '', where, tags }: Pick<ListRequest, 'search' | 'where' | 'tags'>,
  groups: readonly number[],
): Promise<ListFilter> {
  const { terms } = parseSearch(search, fieldsOf(kind));
  const [{ stamp, names }, shared] = await Promise.all([tagNamesFor(ctx, terms, groups), tags?.()]);
  const sought: Sought = { terms, where, tagNames: (own) => namesOf(shared ?? own, names) };
  return {
    key: JSON.stringify([search, where?.name ?? null, stamp, shared ?? null]),
    matches: (summary) => listedVerdict(sought, summary),
    decide: (rows) => passingWhole(ctx, kind, rows, sought),
  };
}

/** Which versions of a resource a search finds. Throws `unprocessable`. */
export async function searchVersions<D>(
  ctx: Context,
  kind: Kind<D>,
  resource: Resource<D>,
  search: string,
): Promise<(data: D) => boolean> {
  const { terms } = parseSearch(search, fieldsOf(kind));
  const { names } = await tagNamesFor(ctx, terms, [resource.groupId]);
  const sought: Sought = { terms, where: undefined, tagNames: (own) => namesOf(own, names) };
  return (data) => passes(sought, kind, { data, links: resource.links });
}
