/**
 * The port for questions to the events of a group: statements in the SQL that all engines have in common,
 * with the few words in which they differ taken from a dialect.
 */
export interface SqlDialect {
  /**
   * A member of the JSON object that `column` holds as text: a text as it is, all else as JSON, null where there is
   * none. `key` is any text without NUL.
   */
  member(column: string, key: string): string;
  /** Whether the whole of a text is of the pattern, which is ours. */
  isOf(text: string, pattern: string): string;
  /** Whether something in a text is of the pattern, which is anybody's; `undefined` where that may take for ever. */
  finds?(text: string, pattern: string): string;
  /** The time (UTC, no zone) that a text in ISO 8601 means; null where it means none. */
  time(text: string): string;
  /** Between the name of an expression and its body, so that it is worked out once. */
  readonly once: string;
}

/** What a question reads: the objects of an hour. */
export interface WarehouseHour {
  /** `2030-01-31T05`, UTC. */
  readonly hour: string;
  /** One file that has each event once; else each `uuid` is taken once, with the earliest `received`. */
  readonly clean: boolean;
  readonly objects: readonly {
    readonly key: string;
    readonly size: number;
    readonly format: 'parquet' | 'lines';
  }[];
}

/** Named expressions (`name AS (…)`, each may read those before it), and what is asked of them. */
export interface Statement {
  readonly named: readonly string[];
  readonly select: string;
}

export interface Question {
  readonly groupId: number;
  readonly hours: readonly WarehouseHour[];
  /** By distinct id, whose it is; ids that are missing are persons of their own. */
  readonly persons: ReadonlyMap<string, string>;
  /**
   * Reads `events`: `uuid`, `event`, `person`, `ts` (timestamp, UTC), `properties` (JSON as text), `flag` and
   * `variant` (of `$feature_flag_called`, else null).
   */
  readonly statement: (dialect: SqlDialect) => Statement;
}

/** Numbers are doubles; counts, too. */
export type WarehouseRow = { readonly [column: string]: string | number | boolean | null };

export interface Warehouse {
  /**
   * `undefined` where an object was gone: whoever asks lists them again. Throws `unavailable`: with the reason
   * `query_too_large` where it is more than there is room for, and `query_too_slow` where time is up; somebody with more of both
   * may do it.
   */
  query(question: Question): Promise<readonly WarehouseRow[] | undefined>;
}
