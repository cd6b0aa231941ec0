import { csvLines } from '../../../data/csv-text.ts';
import { columnOf, type RunColumn } from './run-columns.ts';
import { jobOf, parentOf, type RunRow, secondsOf, valueIn } from './run-row.ts';

type Value = string | number | undefined;

const timeOf = (ms: number | undefined): Value =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** What a column says of a run, in full. */
export function plainValue(row: RunRow, column: RunColumn): Value {
  const { kind, key } = column;
  if (kind !== 'attribute') return valueIn<string | number>(row[kind], key);
  switch (key) {
    case 'name':
      return row.name;
    case 'status':
      return row.status;
    case 'started':
      return timeOf(row.start);
    case 'ended':
      return timeOf(row.end);
    case 'duration':
      return secondsOf(row);
    case 'user':
      return row.user;
    case 'source':
      return valueIn(row.tags, 'mlflow.source.name');
    case 'version':
      return valueIn(row.tags, 'mlflow.source.git.commit');
    case 'parent':
      return parentOf(row);
    case 'job':
      return jobOf(row);
    case 'id':
      return row.id;
  }
}

const knownColumns = (ids: readonly string[]) =>
  ids.flatMap((id) => {
    const column = columnOf(id);
    return column === undefined ? [] : [{ id, column }];
  });

/** Rows with their ids and the columns that are shown; times in UTC, durations in seconds. */
export function toCsv(rows: readonly RunRow[], ids: readonly string[]): string {
  const columns = knownColumns(ids.includes('id') ? ids : ['id', ...ids]);
  const lines = rows.map((row) => columns.map(({ column }) => plainValue(row, column)));
  return csvLines([columns.map(({ id }) => id), ...lines]);
}

/** JSON knows no NaN and no infinity: these stand as text, as in MLflow's API. */
const jsonValue = (value: Value): Value =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

export function toJson(rows: readonly RunRow[], ids: readonly string[]): string {
  const columns = knownColumns(ids.includes('id') ? ids : ['id', ...ids]);
  const lines = rows.map((row) => {
    const pairs = columns.map(
      ({ id, column }) => [id, jsonValue(plainValue(row, column))] as const,
    );
    return JSON.stringify(Object.fromEntries(pairs.filter(([, value]) => value !== undefined)));
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}
