import { createHash } from 'node:crypto';
import { pad } from '#kernel/keys.ts';
import { orderedDouble } from '../ordered.ts';
import { MAX_RUN_TIME, type Run } from '../schemas.ts';

/** Ends the value in a sort key. Values hold nothing below it, so texts sort as without it. */
export const END = '\u0001';
/** Above everything that may follow the value in a sort key. */
export const LAST = '\u{10ffff}';
/** Longer texts are cut in sort keys, and told apart by their hash. */
const MAX_TEXT_BYTES = 400;

const ESCAPES: { readonly [character: string]: string } = {
  '\u0000': '\u00020',
  '\u0001': '\u00021',
  '\u0002': '\u00022',
};

/** A text as it stands in sort keys: in the order of texts, and equal for equal ones alone. */
export function orderedText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that keys must not hold
  const escaped = text.replaceAll(/[\u0000-\u0002]/g, (character) => ESCAPES[character] ?? '');
  if (Buffer.byteLength(escaped) <= MAX_TEXT_BYTES) return escaped;
  const bytes = Buffer.from(escaped).subarray(0, MAX_TEXT_BYTES);
  // A character that was cut through decodes as one that stands for none.
  const kept = bytes.toString().replace(/\ufffd+$/, '');
  return `${kept}\u0002#${createHash('sha256').update(text).digest('hex')}`;
}

/** The value of a metric as searches and orders see it: infinities are the largest doubles. */
export const finite = (value: number): number =>
  Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));

/** A number as it stands in sort keys; -0 is 0. NaN comes last. */
export const orderedNumber = (value: number): string =>
  orderedDouble(value === 0 ? 0 : finite(value));

/** What decides between runs of equal values: the latest start first, then the id. */
export const tailOf = ({ startTime, id }: Pick<Run, 'startTime' | 'id'>): string =>
  `${pad(MAX_RUN_TIME - startTime)}#${id}`;

export const runOfTail = (tail: string): string => tail.slice(tail.indexOf('#') + 1);
