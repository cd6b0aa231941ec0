export type Version = readonly [major: number, minor: number, patch: number];
type Range = readonly [from: Version, below: Version];

const MAX_TEXT = 200;
const PART = /^\d{1,15}$/;
const NOTHING_ABOVE: Version = [Number.POSITIVE_INFINITY, 0, 0];

/** The numbers of a version without its `v`; more than three are cut, others are missing. */
function partsOf(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value);
  return text.length > MAX_TEXT
    ? undefined
    : text
        .trim()
        .replace(/^[vV]+/, '')
        .split('.');
}

/**
 * A version to compare: what follows a hyphen or a plus does not count, and missing numbers are 0.
 * Undefined for what is none.
 */
export function versionOf(value: unknown): Version | undefined {
  const text = partsOf(value)?.join('.').split(/[-+]/)[0] ?? '';
  const [major = '', minor = '', patch = ''] = text.split('.');
  const parts = [major, minor || '0', patch || '0'];
  if (!parts.every((part) => PART.test(part))) return undefined;
  return [Number(parts[0]), Number(parts[1]), Number(parts[2])];
}

export function compareVersions(one: Version, other: Version): number {
  const at = one.findIndex((part, position) => part !== other[position]);
  return at < 0 ? 0 : Number(one[at]) - Number(other[at]);
}

/** ~1.2.3: what differs in the last number alone. */
function tilde(value: unknown): Range | undefined {
  const from = versionOf(value);
  return from && [from, [from[0], from[1] + 1, 0]];
}

/** ^1.2.3: what has the same first number that is not 0. */
function caret(value: unknown): Range | undefined {
  const from = versionOf(value);
  if (from === undefined) return undefined;
  const [major, minor, patch] = from;
  if (major > 0) return [from, [major + 1, 0, 0]];
  return [from, minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1]];
}

/** 1.2.*: what begins so; a single * is any version. */
function wildcard(value: unknown): Range | undefined {
  const parts = [...(partsOf(value) ?? [''])];
  while (parts.at(-1) === '*') parts.pop();
  if (parts.length === 0) return [[0, 0, 0], NOTHING_ABOVE];
  if (!parts.every((part) => PART.test(part))) return undefined;
  const [major = 0, minor = 0, patch = 0] = parts.map(Number);
  const from: Version = [major, minor, patch];
  if (parts.length === 1) return [from, [major + 1, 0, 0]];
  return [from, parts.length === 2 ? [major, minor + 1, 0] : [major, minor, patch + 1]];
}

const RANGES: { readonly [operator: string]: (value: unknown) => Range | undefined } = {
  semver_tilde: tilde,
  semver_caret: caret,
  semver_wildcard: wildcard,
};

/** What an operator asks of versions; undefined where its value is none. */
export function rangeTest(operator: string, value: unknown) {
  const range = RANGES[operator]?.(value);
  if (range === undefined) return undefined;
  const [from, below] = range;
  return (version: Version): boolean =>
    compareVersions(version, from) >= 0 && compareVersions(version, below) < 0;
}
