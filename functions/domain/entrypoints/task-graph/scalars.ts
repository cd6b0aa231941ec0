import { exactFloat, exactInteger, type JsonScalar } from './json.ts';

/**
 * Plain scalars read as YAML 1.1, because Dioptra's own reader does: `yes` is true, `010` is eight,
 * `1e5` is a string (no dot, no sign) and `y` is a string. The `yaml` package's 1.1 schema differs
 * in the last two, and `y` is a usual argument name.
 */
const truths = new Map([
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true]),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false]),
] as [string, boolean][]);
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);

const decimal = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const octal = /^[-+]?0[0-7_]+$/;
const binaryOrHex = /^[-+]?0(?:b[01_]+|x[0-9a-fA-F_]+)$/;
const float = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const sexagesimal =
  /^[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const day = /^\d{4}-\d\d-\d\d$/;
const moment =
  /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/;

/** What a scalar means, or why it cannot be part of a graph. */
export type ScalarReading =
  | { readonly ok: true; readonly value: JsonScalar }
  | { readonly ok: false; readonly reason: string };

const refused = (reason: string): ScalarReading => ({ ok: false, reason });

function number(value: JsonScalar | undefined): ScalarReading {
  return value === undefined ? refused('the number is too long or too large') : { ok: true, value };
}

/** `1:30` is ninety: each colon multiplies what stands before it by sixty. */
function inBaseSixty(text: string): ScalarReading {
  const negative = text.startsWith('-');
  const parts = text.replace(/^[-+]/, '').split(':');
  if (text.includes('.')) {
    const sum = parts.reduce((total, part) => total * 60 + Number(part), 0);
    return number(exactFloat(negative ? -sum : sum));
  }
  if (text.length > 100) return number(undefined);
  const sum = parts.reduce((total, part) => total * 60n + BigInt(part), 0n);
  return number(exactInteger(String(negative ? -sum : sum)));
}

function inPowerOfTwoBase(text: string): ScalarReading {
  const negative = text.startsWith('-');
  const body = text.replace(/^[-+]/, '');
  const digits = /^0[bx]/.test(body) ? body : `0o${body.slice(1) || '0'}`;
  if (digits.length > 300) return number(undefined);
  // Underscores alone (`0b_`) leave a prefix without digits.
  if (digits.length < 3) return refused(`"${text}" is not a number`);
  const value = BigInt(digits);
  return number(exactInteger(String(negative ? -value : value)));
}

function numeric(source: string): ScalarReading | undefined {
  const text = source.replaceAll('_', '');
  if (decimal.test(source)) return number(exactInteger(text.replace(/^\+/, '')));
  if (octal.test(source) || binaryOrHex.test(source)) return inPowerOfTwoBase(text);
  if (float.test(source)) return number(exactFloat(Number(text)));
  if (sexagesimal.test(source)) return inBaseSixty(text);
  return undefined;
}

/** Reads an unquoted scalar. */
export function readPlainScalar(source: string): ScalarReading {
  if (nulls.has(source)) return { ok: true, value: null };
  const truth = truths.get(source);
  if (truth !== undefined) return { ok: true, value: truth };
  if (day.test(source) || moment.test(source)) {
    return refused(
      `"${source}" would be read as a date, which no task can receive: put it in quotes`,
    );
  }
  if (notFinite.test(source)) return refused(`${source} cannot be written in JSON`);
  if (source === '=' || source === '<<') return refused(`put "${source}" in quotes`);
  return numeric(source) ?? { ok: true, value: source };
}
