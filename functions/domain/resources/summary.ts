import type { Summary } from './list/index.ts';
import type { Kind, Resource } from './resource.ts';

/** Lists keep so many characters of a text: enough to sort by, and for most searches. */
const MAX_CHARACTERS = 300;

const isCut = (value: Summary[string] | undefined): boolean =>
  typeof value === 'string' && value.length > MAX_CHARACTERS;

/** The beginning of a text, with no half of a character at its end. */
const beginning = (text: string): string =>
  text.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');

/** What a list keeps of a resource: long texts are cut, `cut` names them, and `bytes` says how long it was whole. */
export function listedSummary<D>(kind: Kind<D>, resource: Resource<D>): Summary {
  const whole = kind.summary(resource);
  const cut = Object.keys(whole).filter((field) => isCut(whole[field]));
  const tags = resource.links.tags ?? [];
  return {
    ...whole,
    ...Object.fromEntries(cut.map((field) => [field, beginning(String(whole[field]))])),
    ...(cut.length > 0 ? { cut, bytes: Buffer.byteLength(JSON.stringify(whole)) } : {}),
    ...(tags.length > 0 ? { tags: tags.map(String) } : {}),
    ...kind.listed?.(resource),
    createdOn: resource.snapshotOn,
    lastModifiedOn: resource.snapshotOn,
  };
}
