/** Readers of what stands behind the `?` of an address: hostile like all from outside, so each gives a default. */

type Search = Readonly<Record<string, unknown>>;

/** A text of a sensible length; nothing otherwise. */
export const textOf = (search: Search, key: string, most = 2000): string | undefined => {
  const value = search[key];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' && value.length <= most ? value : undefined;
};

/** One of some words. */
export const wordOf = <Word extends string>(
  search: Search,
  key: string,
  words: readonly Word[],
): Word | undefined => words.find((word) => word === search[key]);

/** A whole number from `least` on. */
export const wholeOf = (search: Search, key: string, least = 0): number | undefined => {
  const value = Number(search[key]);
  return search[key] !== undefined && Number.isSafeInteger(value) && value >= least
    ? value
    : undefined;
};

/** A list of texts. */
export const textsOf = (search: Search, key: string, most = 200): readonly string[] | undefined => {
  const value = search[key];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((each): each is string => typeof each === 'string').slice(0, most);
  return texts.length === 0 ? undefined : texts;
};

/** Leaves out what is not set, so that addresses stay short. */
export const withoutUnset = <T extends object>(search: T): T =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as T;
