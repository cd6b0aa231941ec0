import { sqlText } from './athena-dialect.ts';

/** Tables over the objects of events, as they lie; partitions are worked out from the names of folders. */
export const TABLES = {
  files: 'assay_event_files',
  lines: 'assay_event_lines',
  persons: 'assay_persons',
} as const;

const OLDEST = '2015-01-01';

const properties = (all: Readonly<Record<string, string>>): string =>
  Object.entries(all)
    .map(([name, value]) => `${sqlText(name)} = ${sqlText(value)}`)
    .join(', ');

const byHour = (bucket: string, folder: string): string =>
  properties({
    'projection.enabled': 'true',
    'projection.group_id.type': 'injected',
    'projection.dt.type': 'date',
    'projection.dt.format': 'yyyy-MM-dd',
    'projection.dt.range': `${OLDEST},NOW+2DAYS`,
    'projection.hour.type': 'integer',
    'projection.hour.range': '0,23',
    'projection.hour.digits': '2',
    'storage.location.template': `s3://${bucket}/events/\${group_id}/${folder}/dt=\${dt}/hour=\${hour}/`,
  });

const JSON_LINES = `ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'`;

const create = (name: string, columns: string, partitions: string, rest: string): string =>
  `CREATE EXTERNAL TABLE IF NOT EXISTS ${name} (${columns}) PARTITIONED BY (${partitions}) ${rest}`;

/** What makes the tables where they are not there. */
export function tableStatements(bucket: string): readonly string[] {
  const texts =
    'uuid string, event string, distinct_id string, properties string, flag string, variant string';
  const location = `LOCATION ${sqlText(`s3://${bucket}/events/`)}`;
  const hours = 'group_id string, dt string, hour string';
  const ofPersons = properties({
    'projection.enabled': 'true',
    'projection.group_id.type': 'injected',
    'projection.version.type': 'injected',
    'storage.location.template': `s3://${bucket}/events/\${group_id}/persons/\${version}/`,
  });
  return [
    create(
      TABLES.files,
      `${texts}, ts timestamp, received timestamp`,
      hours,
      `STORED AS PARQUET ${location} TBLPROPERTIES (${byHour(bucket, 'hours')})`,
    ),
    create(
      TABLES.lines,
      `${texts}, ts string, received string`,
      hours,
      `${JSON_LINES} ${location} TBLPROPERTIES (${byHour(bucket, 'incoming')})`,
    ),
    create(
      TABLES.persons,
      'id string, person string',
      'group_id string, version string',
      `${JSON_LINES} ${location} TBLPROPERTIES (${ofPersons})`,
    ),
  ];
}
