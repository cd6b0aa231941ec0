import type { EntityRule, Field, KeyRule, Vocabulary } from './ast.ts';
import {
  filterError,
  peekSign,
  peekStray,
  type Reader,
  shownText,
  takeKey,
  takeQuoted,
  takeWord,
} from './reader.ts';

/** A name as it was written, with the place where it begins. */
export interface Named {
  readonly at: number;
  readonly entity: string;
  readonly key: string;
}

/** A field of a vocabulary, with what it may be compared with. */
export interface KnownField {
  readonly field: Field;
  readonly rule: KeyRule;
  /** What errors call its entity. */
  readonly label: string;
}

const listOf = (names: readonly string[]): string =>
  `[${names.map((name) => `'${name}'`).join(', ')}]`;

/** Own members only: a name from outside may be `constructor`. */
const memberOf = <T>(record: { readonly [name: string]: T } | undefined, name: string) =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

const KEY_QUOTES = ['`', '"', "'"];

function readKey(reader: Reader): string {
  if (KEY_QUOTES.includes(peekSign(reader))) return takeQuoted(reader);
  const key = takeKey(reader);
  if (key !== '') return key;
  throw filterError(
    'Invalid clause(s) in filter string: a name is missing behind the dot; names with spaces stand in backticks',
    reader.at,
  );
}

/** Reads `entity.key` or a bare key, which is an attribute's. */
export function readName(reader: Reader): Named {
  const { at } = reader;
  const sign = peekSign(reader);
  const first = sign === '`' || sign === '"' ? takeQuoted(reader) : takeWord(reader);
  if (reader.at === at) {
    const found = sign === "'" ? `'${takeQuoted(reader)}'` : peekStray(reader);
    throw filterError(
      `Invalid comparison clause. Expected 'Identifier' found '${shownText(found)}'`,
      at,
    );
  }
  if (peekSign(reader) !== '.') return { at, entity: 'attribute', key: first };
  reader.at += 1;
  return { at, entity: first, key: readKey(reader) };
}

function entityOf({ entity, at }: Named, { entities }: Vocabulary): readonly [string, EntityRule] {
  const found = Object.entries(entities).find(
    ([name, { aliases, label }]) =>
      name === entity || label === entity || aliases?.includes(entity) === true,
  );
  if (found !== undefined) return found;
  const names = Object.entries(entities).map(([name, { label = name }]) => label);
  throw filterError(
    `Invalid entity type '${shownText(entity)}'. Valid values are ${listOf(names)}`,
    at,
  );
}

const ruleOf = (rule: EntityRule, key: string): KeyRule | undefined =>
  memberOf(rule.keys, key) ??
  (rule.openPrefix === undefined || key.startsWith(rule.openPrefix) ? rule.open : undefined);

/** What a name means in a vocabulary. Throws `invalid` (`filter`). */
export function knownField(named: Named, vocabulary: Vocabulary): KnownField {
  const [entity, rule] = entityOf(named, vocabulary);
  const key = memberOf(rule.keyAliases, named.key) ?? named.key;
  const keyRule = ruleOf(rule, key);
  const label = rule.label ?? entity;
  if (keyRule === undefined) {
    const open = rule.openPrefix === undefined ? [] : [`${rule.openPrefix}<name>`];
    const names = [...Object.keys(rule.keys ?? {}), ...open];
    throw filterError(
      `Invalid ${label} key '${shownText(named.key)}' specified. Valid keys are ${listOf(names)}`,
      named.at,
    );
  }
  return { field: keyRule.as ?? { entity, key }, rule: keyRule, label };
}

/** Whether an order may name a field that is written so. */
export function requireSortable(named: Named, vocabulary: Vocabulary): Field {
  const [entity, rule] = entityOf(named, vocabulary);
  const { sortable } = vocabulary;
  const key = memberOf(rule.keyAliases, named.key) ?? named.key;
  if (sortable.includes(`${entity}.*`) || sortable.includes(`${entity}.${key}`)) {
    return memberOf(rule.keys, key)?.as ?? { entity, key };
  }
  const keys = sortable.filter((name) => name.startsWith(`${entity}.`));
  const label = rule.label ?? entity;
  throw filterError(
    keys.length === 0
      ? `Invalid order_by entity: ${label}. An order may name ${listOf(sortable)}`
      : `Invalid ${label} key '${shownText(named.key)}' specified. Valid keys are ` +
          listOf(keys.map((name) => name.slice(entity.length + 1))),
    named.at,
  );
}
