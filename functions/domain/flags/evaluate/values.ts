import { MAX_DEPTH } from './bounds.ts';

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null;

function json(value: unknown, depth: number): string {
  if (typeof value === 'bigint') return String(value);
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  // Values of properties come with each call, and how deep they are is nobody's promise.
  if (depth > MAX_DEPTH) return 'null';
  if (Array.isArray(value)) return `[${value.map((one) => json(one, depth + 1)).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${json(value[name], depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** Hundreds of filters may ask for the same large value, which comes with a call and is never changed. */
const texts = new WeakMap<object, string>();

/** A value as the text that is compared: strings as they are, anything else as compact JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return json(value, 0);
  const text = texts.get(value) ?? json(value, 0);
  texts.set(value, text);
  return text;
}

/** Shorter ones are made again faster than they are found. */
const LONG = 1_000;

/** The same change of a text, made once for long ones that `kept` has. */
export function changedOnce(
  text: string,
  change: (text: string) => string,
  kept: Map<string, string>,
): string {
  if (text.length < LONG) return change(text);
  const changed = kept.get(text) ?? change(text);
  kept.set(text, changed);
  return changed;
}

/** Only A-Z: searches within texts ignore the case of these alone. */
export const lowered = (text: string): string =>
  text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const isWord = (value: unknown, words: readonly string[]): boolean =>
  typeof value === 'string' && value.length <= 5 && words.includes(value.toLowerCase());

/** Whether it is a boolean, a text that says one, or a list of nothing else. */
export function saysBoolean(value: unknown, depth = 0): boolean {
  if (typeof value === 'boolean' || isWord(value, ['true', 'false'])) return true;
  if (!Array.isArray(value) || depth > MAX_DEPTH) return false;
  return value.every((one) => saysBoolean(one, depth + 1));
}

/** Whether it is true, a text that says so, or a list of nothing else. */
export function saysTrue(value: unknown, depth = 0): boolean {
  if (value === true || isWord(value, ['true'])) return true;
  if (!Array.isArray(value) || depth > MAX_DEPTH) return false;
  return value.every((one) => saysTrue(one, depth + 1));
}

const NUMERAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const MAX_NUMERAL = 400;

/** A finite number, or one that is written as text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  if (typeof value === 'string' && (value.length > MAX_NUMERAL || !NUMERAL.test(value))) {
    return undefined;
  }
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
