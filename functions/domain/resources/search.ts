import type { Context } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { type SearchVerdict, verdict } from '#kernel/search/matches.ts';
import { parseSearch, type SearchTerm } from '#kernel/search/parse.ts';
import { effortOf } from '#kernel/search/pattern.ts';
import type { ListFilter, ListRow, Summary } from './list/index.ts';
import type { ListRequest } from './list-resources.ts';
import { listedResources } from './listed-rows.ts';
import type { Kind, Resource } from './resource.ts';
import { type TagNames, tagNamesFor } from './tags/tag-names.ts';

const textOf = (value: Summary[string]): string | readonly string[] | undefined => {
  if (value === null) return undefined;
  return typeof value === 'object' ? value : String(value);
};

function recordOf(summary: Summary, names: readonly string[]) {
  const fields = Object.entries(summary).map(([field, value]) => [field, textOf(value)] as const);
  return { ...Object.fromEntries(fields), tag: names };
}

const namesOf = (ids: Iterable<string | number>, names: TagNames): readonly string[] =>
  [...ids].flatMap((id) => names.get(Number(id)) ?? []);

/** Whether a row passes, by what the list keeps of it; `undefined` where that does not tell. */
function listedVerdict(
  terms: readonly SearchTerm[],
  summary: Summary,
  names: TagNames,
): SearchVerdict {
  const { cut, tags } = summary;
  const record = recordOf(summary, namesOf(Array.isArray(tags) ? tags : [], names));
  return verdict(terms, record, Array.isArray(cut) ? cut : []);
}

/** Whether a resource, or a version of it, passes. */
const passes = <D>(
  terms: readonly SearchTerm[],
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'data' | 'links'>,
  names: TagNames,
): boolean =>
  verdict(terms, recordOf(kind.summary(resource), namesOf(resource.links.tags ?? [], names))) ===
  true;

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
  { terms, names }: { readonly terms: readonly SearchTerm[]; readonly names: TagNames },
): Promise<readonly ListRow[]> {
  const found: ListRow[] = [];
  for (const some of portions(rows, terms)) {
    const whole = await listedResources(ctx, kind, some);
    const isFound = whole.map((resource) => passes(terms, kind, resource, names));
    found.push(...some.filter((_, index) => isFound[index]));
  }
  return found;
}

/** The filter of a search; what tags are named is read beside the list that it filters. */
export async function searchFilter<D>(
  ctx: Context,
  kind: Kind<D>,
  { search = '', where }: Pick<ListRequest, 'search' | 'where'>,
  groups: readonly number[],
): Promise<ListFilter> {
  const { terms } = parseSearch(search, { fields: kind.searchable });
  const { stamp, names } = await tagNamesFor(ctx, terms, groups);
  return {
    key: JSON.stringify([search, where?.name ?? null, stamp]),
    matches: (summary) =>
      where?.matches(summary) === false ? false : listedVerdict(terms, summary, names),
    decide: (rows) => passingWhole(ctx, kind, rows, { terms, names }),
  };
}

/** Which versions of a resource a search finds. Throws `unprocessable`. */
export async function searchVersions<D>(
  ctx: Context,
  kind: Kind<D>,
  resource: Resource<D>,
  search: string,
): Promise<(data: D) => boolean> {
  const { terms } = parseSearch(search, { fields: kind.searchable });
  const { names } = await tagNamesFor(ctx, terms, [resource.groupId]);
  return (data) => passes(terms, kind, { data, links: resource.links }, names);
}
