import type { Question, Statement } from '#kernel/warehouse.ts';
import { athenaDialect, sqlText } from './athena-dialect.ts';
import { TABLES } from './athena-tables.ts';

const TEXTS = 'uuid, event, distinct_id, properties, flag, variant';
/** Times of lines are texts; of what is no time there is none. */
const asTime = (name: string): string => `${athenaDialect.time(name)} AS ${name}`;

const ofDays = ({ groupId, hours }: Question): string => {
  const days = [...new Set(hours.map(({ hour }) => hour.slice(0, 10)))].sort();
  const [first = '', last = ''] = [days.at(0), days.at(-1)];
  const from = hours.at(0)?.hour ?? '';
  return `group_id = ${sqlText(String(groupId))} AND dt BETWEEN ${sqlText(first)} AND ${sqlText(last)}
    AND concat(dt, 'T', hour) BETWEEN ${sqlText(from)} AND ${sqlText(hours.at(-1)?.hour ?? '')}`;
};

/**
 * Which objects there are is for Athena to see, maybe while one is put into another: each event is taken once,
 * in whatever hour.
 */
function eventsSql(question: Question, personsVersion: string | undefined): readonly string[] {
  const where = question.hours.length === 0 ? 'FALSE' : ofDays(question);
  const person =
    personsVersion === undefined ? 'r.distinct_id' : 'coalesce(p.person, r.distinct_id)';
  const join =
    personsVersion === undefined
      ? ''
      : `LEFT JOIN ${TABLES.persons} p ON p.id = r.distinct_id
        AND p.group_id = ${sqlText(String(question.groupId))}
        AND p.version = ${sqlText(personsVersion)}`;
  return [
    `raw AS (SELECT ${TEXTS}, ts, received FROM ${TABLES.files} WHERE ${where}
      UNION ALL SELECT ${TEXTS}, ${asTime('ts')}, ${asTime('received')} FROM ${TABLES.lines} WHERE ${where})`,
    `ordered AS (SELECT raw.*, row_number() OVER (PARTITION BY uuid
      ORDER BY received, event, distinct_id, ts, properties, flag, variant) AS copy FROM raw)`,
    `events AS (SELECT r.uuid, r.event, r.ts, r.properties, r.flag, r.variant, ${person} AS person
      FROM ordered r ${join} WHERE r.copy = 1)`,
  ];
}

export function athenaSql(question: Question, personsVersion: string | undefined): string {
  const { named, select }: Statement = question.statement(athenaDialect);
  return `WITH ${[...eventsSql(question, personsVersion), ...named].join(',\n')}\n${select}`;
}
