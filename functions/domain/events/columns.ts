import type { RowShape } from '#kernel/parquet.ts';

/** An hour's file of events; lines of JSON have the same names. */
export const EVENT_ROWS: RowShape = {
  columns: [
    { name: 'uuid', type: 'text' },
    { name: 'event', type: 'text' },
    { name: 'distinct_id', type: 'text' },
    { name: 'ts', type: 'time' },
    { name: 'received', type: 'time' },
    { name: 'properties', type: 'json' },
    { name: 'flag', type: 'text' },
    { name: 'variant', type: 'text' },
  ],
  unique: 'uuid',
  keep: 'received',
  order: ['event', 'ts'],
};
