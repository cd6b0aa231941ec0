/**
 * The port for large files of rows, in Parquet: they are made of objects of lines of JSON and of other such
 * files, and read by whatever queries them.
 */
export interface ParquetColumn {
  readonly name: string;
  /** `time`: ISO 8601 in lines, microseconds in UTC in files. `json`: any JSON in lines, its text in files. */
  readonly type: 'text' | 'time' | 'json';
}

export interface RowShape {
  readonly columns: readonly ParquetColumn[];
  /** Of rows that have the same in this column one is kept: the one with the least in `keep`. */
  readonly unique: string;
  readonly keep: string;
  /** Columns that rows are sorted by. */
  readonly order: readonly string[];
}

export interface Parquet {
  /**
   * Writes one object with all rows of the inputs (keys that end in `.ndjson.gz` or `.parquet`); the same
   * inputs give the same rows in the same order. `undefined`, and nothing is written, where an input is gone.
   * Throws `unavailable` where it is more than there is room for.
   */
  merge(inputs: readonly string[], output: string, shape: RowShape): Promise<number | undefined>;
}
