import type { Summary } from './list/index.ts';
import type { Kind, Resource } from './resource.ts';

/** Lists keep so many characters of a text: enough to sort by, and for most searches. */
const MAX_CHARACTERS = 300;

const isCut = (value: Summary[string] | undefined): boolean =>
  typeof value === 'string' && value.length > MAX_CHARACTERS;

/** The beginning of a text, with no half of a character at its end. */
const beginning = (text: string): string =>
  text.slice(0, MAX_CHARACTERS).replace(/[\ud800-\udbff]$/, '');

/**
 * What a list keeps of a resource: long texts are cut, `cut` names them, and `bytes` says how long it was
 * whole. `open` names what the row alone tells for certain; it is among what is cut.
 */
export function listedSummary<D>(kind: Kind<D>, resource: Resource<D>): Summary {
  const whole = kind.summary(resource);
  const long = Object.keys(whole).filter((field) => isCut(whole[field]));
  const open = kind.unsettled?.(resource) ?? [];
  const tags = resource.links.tags ?? [];
  return {
    ...whole,
    ...Object.fromEntries(long.map((field) => [field, beginning(String(whole[field]))])),
    ...(long.length > 0 ? { bytes: Buffer.byteLength(JSON.stringify(whole)) } : {}),
    ...(long.length + open.length > 0 ? { cut: [...long, ...open] } : {}),
    ...(open.length > 0 ? { open } : {}),
    ...(tags.length > 0 ? { tags: tags.map(String) } : {}),
    ...kind.listed?.(resource),
    createdOn: resource.snapshotOn,
    lastModifiedOn: resource.snapshotOn,
  };
}
