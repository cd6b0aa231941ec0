import { longestScan } from '../search/pattern.ts';
import type { Comparison, Operator, Vocabulary } from './ast.ts';
import { ORDERING } from './ast.ts';
import { type KnownField, knownField, readName } from './fields.ts';
import { likePattern } from './like.ts';
import { readList } from './list.ts';
import {
  filterError,
  peekSign,
  peekStray,
  type Reader,
  shownText,
  skipSpaces,
  takeKeyword,
  takeNumber,
  takeQuoted,
  takeSymbol,
} from './reader.ts';

const WORDS = ['LIKE', 'ILIKE', 'RLIKE', 'IN'] as const;
const MAX_COMPARISONS = 500;
/** Of all patterns in which a `_` stands, between two `%`. */
const MAX_SCANNED = 1_000;

type Value = string | number | readonly string[];

function readNegated(reader: Reader): string {
  const word = WORDS.find((name) => takeKeyword(reader, name));
  if (word !== undefined) return `NOT ${word}`;
  throw filterError(
    `Invalid clause(s) in filter string: 'NOT ${shownText(peekStray(reader))}'. Only NOT IN stands behind a name; write NOT before the comparison`,
    reader.at,
  );
}

function readNullness(reader: Reader): Operator {
  const isNegated = takeKeyword(reader, 'NOT');
  if (takeKeyword(reader, 'NULL')) return isNegated ? 'IS NOT NULL' : 'IS NULL';
  throw filterError(
    `Invalid clause(s) in filter string: 'IS ${shownText(peekStray(reader))}'. Use IS NULL or IS NOT NULL`,
    reader.at,
  );
}

/** The operator as it was written, words in capitals. */
function readOperator(reader: Reader, written: string): string {
  const symbol = takeSymbol(reader);
  if (symbol !== '') return symbol;
  if (takeKeyword(reader, 'IS')) return readNullness(reader);
  if (takeKeyword(reader, 'NOT')) return readNegated(reader);
  const word = WORDS.find((name) => takeKeyword(reader, name));
  if (word !== undefined) return word;
  const found = peekStray(reader);
  throw filterError(
    `Invalid clause(s) in filter string: '${shownText(written)}'` +
      (found === '' ? '' : `, '${shownText(found)}'`) +
      '. A comparison such as = or LIKE was expected',
    reader.at,
  );
}

function readValue(reader: Reader): Value | undefined {
  const sign = peekSign(reader);
  if (sign === "'" || sign === '"') return takeQuoted(reader);
  return sign === '(' ? readList(reader) : takeNumber(reader);
}

const isNumeric = ({ rule: { type } }: KnownField, operator: string): boolean =>
  type === 'number' ||
  type === 'integer' ||
  (type === 'either' && (ORDERING as readonly string[]).includes(operator));

const wrongList = ({ field, label }: KnownField, vocabulary: Vocabulary): string => {
  const keys = Object.entries(vocabulary.entities[field.entity]?.keys ?? {})
    .filter(([, { operators }]) => operators.includes('IN'))
    .map(([key]) => `'${key}'`);
  return `Only [${keys.join(', ')}] ${label === 'attribute' ? 'attributes' : `${label} attributes`} support comparison with a list of quoted string values`;
};

function wrongNumber({ field, rule, label }: KnownField, found: string): string {
  const of = label === 'attribute' ? `numeric attribute: ${field.key}` : label;
  return rule.type === 'integer' && /^[\d.]/.test(found)
    ? `Invalid value for numeric attribute '${field.key}': '${found}'. Use a whole number`
    : `Expected numeric value type for ${of}. Found ${found}`;
}

const wrongText = ({ rule, label }: KnownField, found: string): string => {
  if (/^[\p{L}_`]/u.test(found)) {
    return `Parameter value is either not quoted or unidentified quote types used for string value ${found}. Use either single or double quotes`;
  }
  const of = label === 'attribute' ? 'attributes' : label;
  const many = rule.operators.includes('IN') ? ' or a list of quoted string values' : '';
  return `Expected a quoted string value for ${of} (e.g. 'my-value')${many}. Got value ${found}`;
};

function problemOf(known: KnownField, operator: string, value: Value | undefined) {
  if (isNumeric(known, operator)) {
    const fits =
      known.rule.type === 'integer' ? Number.isInteger(value) : typeof value === 'number';
    return fits ? undefined : wrongNumber;
  }
  const wantsList = operator === 'IN' || operator === 'NOT IN';
  return (wantsList ? Array.isArray(value) : typeof value === 'string') ? undefined : wrongText;
}

/** Reads and checks the value. Throws in MLflow's words. */
function checkedValue(reader: Reader, known: KnownField, operator: string, vocabulary: Vocabulary) {
  const { at } = reader;
  const value = readValue(reader);
  if (Array.isArray(value) && !known.rule.operators.includes('IN')) {
    throw filterError(wrongList(known, vocabulary), at);
  }
  const problem = problemOf(known, operator, value);
  if (problem === undefined && value !== undefined) return value;
  const found = value === undefined ? peekStray(reader) : reader.text.slice(at, reader.at);
  throw filterError((problem ?? wrongText)(known, shownText(found === '' ? 'nothing' : found)), at);
}

function requireOperator(known: KnownField, operator: string, at: number): Operator {
  const { operators } = known.rule;
  const allowed = operators.find((name) => name === operator);
  if (allowed !== undefined) return allowed;
  const list = operators.map((name) => `'${name}'`).join(', ');
  throw filterError(`Invalid comparator '${operator}' not one of [${list}]`, at);
}

function requireNullable(known: KnownField, operator: Operator, at: number): void {
  if (known.rule.operators.includes(operator)) return;
  throw filterError(
    `IS NULL / IS NOT NULL is only supported for tags and params, not for '${known.label}' '${shownText(known.field.key)}'`,
    at,
  );
}

/** Patterns cost while rows are compared, so they are looked at before. */
function requireCheap(reader: Reader, operator: Operator, value: Value, at: number): void {
  if (typeof value !== 'string') return;
  if (operator !== 'LIKE' && operator !== 'ILIKE') return;
  reader.scanned += longestScan(likePattern(value, true));
  if (reader.scanned <= MAX_SCANNED) return;
  throw filterError(
    `Patterns with _ may have ${MAX_SCANNED} characters in all: use % or compare with =`,
    at,
  );
}

/** Reads one comparison, e.g. `metrics.loss < 0.1`, and the spaces behind it. */
export function readComparison(reader: Reader, vocabulary: Vocabulary): Comparison {
  reader.comparisons += 1;
  if (reader.comparisons > MAX_COMPARISONS) {
    throw filterError(
      `There are more than ${MAX_COMPARISONS} comparisons: use IN, or less`,
      reader.at,
    );
  }
  const named = readName(reader);
  const written = reader.text.slice(named.at, reader.at);
  skipSpaces(reader);
  const { at } = reader;
  const operator = readOperator(reader, written);
  const known = knownField(named, vocabulary);
  const { field } = known;
  if (operator === 'IS NULL' || operator === 'IS NOT NULL') {
    requireNullable(known, operator, at);
    return { kind: 'comparison', field, operator };
  }
  skipSpaces(reader);
  const value = checkedValue(reader, known, operator, vocabulary);
  skipSpaces(reader);
  const checked = requireOperator(known, operator, at);
  requireCheap(reader, checked, value, at);
  const comparison = { kind: 'comparison', field, operator: checked, value } as const;
  if (checked !== 'RLIKE' || vocabulary.regex === undefined) return comparison;
  return { ...comparison, finds: vocabulary.regex(String(value), reader.work) };
}
