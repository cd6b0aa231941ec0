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
  readonly value?: string | number | readonly (string | number)[];
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

export type FieldType = 'string' | 'number';

/** What one kind of search knows; the parser refuses everything else. */
export interface Vocabulary {
  /**
   * By canonical name of the entity. `attribute` is the entity of bare names. `keys`: the only names
   * it has, with their types, canonical by `keyAliases`; absent where any name is one.
   */
  readonly entities: {
    readonly [entity: string]: {
      readonly aliases: readonly string[];
      readonly type?: FieldType;
      readonly operators: readonly Operator[];
      readonly keys?: {
        readonly [key: string]: { readonly type: FieldType; readonly operators?: readonly Operator[] };
      };
      readonly keyAliases?: { readonly [alias: string]: string };
    };
  };
  /** Fields that an order may name; entities without keys allow any. */
  readonly sortable: readonly string[];
}
