import type { Context } from '#kernel/context.ts';
import { invalid } from '#kernel/errors.ts';
import { measureItem } from '#kernel/size.ts';
import type { Item, Key } from '#kernel/table.ts';
import { registryKeys, type Text } from './registry.items.ts';

/** Longer texts, and those for which a row has no room, are kept in items of their own. */
const MAX_INLINE_BYTES = 4_096;
/** Up to here a row takes texts in. */
const ROW_BYTES = 16_384;
/** A row never grows beyond this. */
const MAX_ROW_BYTES = 60_000;
/** UTF-16 units of a part: at most three bytes each. */
const PART_UNITS = 20_000;

/** How many bytes a text has. */
export const textBytes = (text: Text): number =>
  typeof text === 'string' ? Buffer.byteLength(text) : text.bytes;

/** Parts of a text; none ends within a character. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + PART_UNITS);
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? '')) end -= 1;
    parts.push(text.slice(at, end));
    at = end;
  }
  return parts;
}

export interface Packed {
  /** For the row. */
  readonly attributes: { readonly [name: string]: Text };
  /** To be written before the row names them; they lie in the partition of the model. */
  readonly parts: readonly Item[];
}

/**
 * Texts by the names of their attributes, as a row keeps them that has `used` bytes. Throws `invalid`
 * when it would become too large.
 */
export function packTexts(
  ctx: Pick<Context, 'ids'>,
  modelId: string,
  used: number,
  texts: { readonly [name: string]: string },
): Packed {
  const attributes: { [name: string]: Text } = {};
  const parts: Item[] = [];
  let size = used;
  for (const [name, text] of Object.entries(texts)) {
    const bytes = Buffer.byteLength(text);
    const inline = bytes <= MAX_INLINE_BYTES && size + bytes <= ROW_BYTES;
    if (inline) {
      attributes[name] = text;
    } else {
      const id = ctx.ids.hex32();
      const items = split(text).map((part, index) => ({
        ...registryKeys.part(modelId, id, index),
        part,
      }));
      attributes[name] = { id, parts: items.length, bytes };
      parts.push(...items);
    }
    size += Buffer.byteLength(name) + (inline ? bytes : 80);
  }
  if (size > MAX_ROW_BYTES) {
    throw invalid('too_many', 'There are too many tags and aliases here: delete some first.');
  }
  return { attributes, parts };
}

/** How much of a row a text takes. */
export const inlineBytes = (text: Text | undefined): number =>
  typeof text === 'string' ? Buffer.byteLength(text) : 0;

export const bytesOf = (item: Item): number => measureItem(item).bytes;

/** The keys of the parts of a text. */
export const partKeys = (modelId: string, text: Text | undefined): readonly Key[] =>
  text === undefined || typeof text === 'string'
    ? []
    : Array.from({ length: text.parts }, (_, index) => registryKeys.part(modelId, text.id, index));

/** A text of a model that is to be read. */
export interface Wanted {
  readonly modelId: string;
  readonly text: Text;
}

const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** Reads, in one go, what rows do not hold themselves; the answer gives any of the texts. */
export async function loadTexts(
  ctx: Context,
  wanted: readonly Wanted[],
): Promise<(modelId: string, text: Text) => string> {
  const keys = wanted.flatMap(({ modelId, text }) => partKeys(modelId, text));
  const items = keys.length === 0 ? [] : await ctx.table.batchGet(keys);
  const parts = new Map(keys.map((each, index) => [nameOf(each), items[index]?.part as string]));
  return (modelId, text) =>
    typeof text === 'string'
      ? text
      : // Whoever set the text anew meanwhile has removed the old one.
        partKeys(modelId, text)
          .map((each) => parts.get(nameOf(each)) ?? '')
          .join('');
}
