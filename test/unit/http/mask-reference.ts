/** Masks once more, in the words of their grammar: slow and plain, to compare with. */

/** Fields in their order; a name that comes again keeps its place and takes the later meaning. */
export type ReferenceMask = readonly (readonly [name: string, inner: ReferenceMask | undefined])[];

export class Unreadable extends Error {}

const tokensOf = (text: string): readonly string[] =>
  text.match(/[{},]|[\p{L}\p{N}_:\-*]+/gu) ?? [];

function inside(text: string): string {
  if (!text.startsWith('{')) return text;
  if (text.length === 1 || !text.endsWith('}')) throw new Unreadable('Missing closing bracket');
  return text.slice(1, -1);
}

/** Reads fields up to the bracket that closes them, or to the end; gives them and how far it came. */
function readFields(
  tokens: readonly string[],
  start: number,
  isNested: boolean,
): readonly [ReferenceMask, number] {
  let fields: ReferenceMask = [];
  const set = (name: string, inner: ReferenceMask | undefined): void => {
    const isThere = fields.some(([other]) => other === name);
    fields = isThere
      ? fields.map((field) => (field[0] === name ? ([name, inner] as const) : field))
      : [...fields, [name, inner]];
  };
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    const before = tokens[at - 1];
    if (token === '{') {
      // Only a name may be followed by the fields in it.
      if (before === undefined || /[{},]/.test(before)) {
        throw new Unreadable('Unexpected opening bracket');
      }
      const [inner, end] = readFields(tokens, at + 1, true);
      set(before, inner);
      at = end;
    } else if (token === '}') {
      if (!isNested) throw new Unreadable('Unexpected closing bracket');
      return [fields, at];
    } else if (token === ',') {
      if (before === undefined || before === ',' || before === '{') {
        throw new Unreadable('Unexpected comma');
      }
    } else set(token, undefined);
  }
  if (isNested) throw new Unreadable('Missing closing bracket');
  return [fields, tokens.length];
}

/** Throws `Unreadable` with what is wrong. */
export function referenceMask(text: string): ReferenceMask | undefined {
  const trimmed = text.replaceAll('\n', '').trim();
  return trimmed === '' ? undefined : readFields(tokensOf(inside(trimmed)), 0, false)[0];
}

/** What a mask shows of a value, with its keys in their order. */
export function referenceShown(mask: ReferenceMask, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => referenceShown(mask, item));
  if (typeof value !== 'object' || value === null) return value;
  const all = Object.entries(value);
  const shown = mask
    .filter(([name]) => name !== '*')
    .map(([name, inner]) => {
      const field: unknown = all.find(([key]) => key === name)?.[1] ?? null;
      return [name, inner === undefined ? field : referenceShown(inner, field)] as const;
    });
  const hasStar = mask.some(([name]) => name === '*');
  const rest = hasStar ? all.filter(([key]) => !shown.some(([name]) => name === key)) : [];
  return Object.fromEntries([...shown, ...rest]);
}
