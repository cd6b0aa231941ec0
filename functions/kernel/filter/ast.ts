/**
 * A filter of MLflow's searches as a tree, e.g. `metrics.loss < 0.1 AND (tags.team = 'a' OR NOT
 * params.lr LIKE '1%')`. OR, parentheses and NOT are Assay's; the rest is MLflow's grammar.
 */

/** What a comparison or an order is about: `metrics.loss` is `metric` and `loss`. */
export interface Field {
  /** One of the entities of the search's {@link Vocabulary}, in its canonical spelling. */
  readonly entity: string;
  readonly key: string;
}

export type Operator =
  | '='
  | '!='
  | '>'
  | '>='
  | '<'
  | '<='
  | 'LIKE'
  | 'ILIKE'
  | 'RLIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

export interface Comparison {
  readonly kind: 'comparison';
  readonly field: Field;
  readonly operator: Operator;
  /** A number for numeric fields, a list for IN and NOT IN, absent for IS [NOT] NULL. */
  readonly value?: string | number | readonly string[];
  /** Of RLIKE, whether its pattern fits somewhere in a text. */
  readonly finds?: (text: string) => boolean;
}

export type Filter =
  | Comparison
  | { readonly kind: 'all' | 'any'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter };

/** One clause of an order: `metrics.loss DESC`. */
export interface Order {
  readonly field: Field;
  readonly ascending: boolean;
}

/**
 * What a field is compared with: a text in quotes, a number, a number without a fraction, or,
 * `either`, a number after `<` and its like and a text after all others.
 */
export type FieldType = 'string' | 'number' | 'integer' | 'either';

export interface KeyRule {
  readonly type: FieldType;
  readonly operators: readonly Operator[];
  /** The field that this is another name of, where that is of another entity. */
  readonly as?: Field;
}

export interface EntityRule {
  /** Other spellings of the entity's name. */
  readonly aliases?: readonly string[];
  /** What errors call it; its name unless given. */
  readonly label?: string;
  /** The only names that it has. */
  readonly keys?: { readonly [key: string]: KeyRule };
  readonly keyAliases?: { readonly [alias: string]: string };
  /** The rule of every name that is not in `keys`; with `openPrefix` only of those that begin so. */
  readonly open?: KeyRule;
  readonly openPrefix?: string;
}

/** What one kind of search knows; the parser refuses everything else. */
export interface Vocabulary {
  /** By canonical name. `attribute` is the entity of bare names. */
  readonly entities: { readonly [entity: string]: EntityRule };
  /** What an order may name: `attribute.start_time` or, for every name of an entity, `metric.*`. */
  readonly sortable: readonly string[];
  /** Makes the test of a pattern, where RLIKE is among the operators: most searches need none. */
  readonly regex?: (pattern: string, work: Work) => (text: string) => boolean;
}

/** What may still be done, of all regular expressions of a filter. */
export interface Work {
  left: number;
}

export const ORDERING = ['>', '>=', '<', '<='] as const satisfies readonly Operator[];
/** Operators of numbers. */
export const NUMERIC = ['=', '!=', ...ORDERING] as const satisfies readonly Operator[];
/** Operators of texts. */
export const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE'] as const satisfies readonly Operator[];
export const LISTED = ['IN', 'NOT IN'] as const satisfies readonly Operator[];
export const NULLABLE = ['IS NULL', 'IS NOT NULL'] as const satisfies readonly Operator[];
