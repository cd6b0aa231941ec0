import { type SearchVerdict, verdict } from '#kernel/search/matches.ts';
import type { SearchTerm } from '#kernel/search/parse.ts';
import type { Summary } from './list/index.ts';
import type { Kind, Resource } from './resource.ts';

/** Lists keep so many characters of a text: enough to sort by, and for most searches. */
const MAX_CHARACTERS = 300;

/** Names of tags by their ids. */
export type TagNames = ReadonlyMap<number, string>;

const isCut = (value: Summary[string] | undefined): boolean =>
  typeof value === 'string' && value.length > MAX_CHARACTERS;

/** The beginning of a text, with no half of a character at its end. */
const beginning = (text: string): string =>
  text.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');

/** What a list keeps of a resource: long texts are cut, and `cut` names them. */
export function listedSummary<D>(kind: Kind<D>, resource: Resource<D>): Summary {
  const whole = kind.summary(resource);
  const cut = Object.keys(whole).filter((field) => isCut(whole[field]));
  const tags = resource.links.tags ?? [];
  return {
    ...whole,
    ...Object.fromEntries(cut.map((field) => [field, beginning(String(whole[field]))])),
    ...(cut.length > 0 ? { cut } : {}),
    ...(tags.length > 0 ? { tags: tags.map(String) } : {}),
    createdOn: resource.snapshotOn,
    lastModifiedOn: resource.snapshotOn,
  };
}

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
export function listedVerdict(
  terms: readonly SearchTerm[],
  summary: Summary,
  names: TagNames,
): SearchVerdict {
  const { cut, tags } = summary;
  const record = recordOf(summary, namesOf(Array.isArray(tags) ? tags : [], names));
  return verdict(terms, record, Array.isArray(cut) ? cut : []);
}

/** Whether a resource, or a version of it, passes. */
export const passes = <D>(
  terms: readonly SearchTerm[],
  kind: Kind<D>,
  resource: Pick<Resource<D>, 'data' | 'links'>,
  names: TagNames,
): boolean =>
  verdict(terms, recordOf(kind.summary(resource), namesOf(resource.links.tags ?? [], names))) ===
  true;
