import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { GetQueryResultsOutput } from '@aws-sdk/client-athena';
import type { Blobs } from '#kernel/blobs.ts';
import { AppError } from '#kernel/errors.ts';
import { loadOnce } from '#kernel/load-once.ts';
import type { Question, Warehouse, WarehouseRow } from '#kernel/warehouse.ts';
import type { AthenaKit } from './athena-client.ts';
import { athenaSql } from './athena-sql.ts';
import { tableStatements } from './athena-tables.ts';
import { toAppError } from './failures.ts';

export interface AthenaOptions {
  readonly kit: () => Promise<AthenaKit>;
  readonly blobs: Pick<Blobs, 'head' | 'put'>;
  readonly bucket: string;
  readonly database: string;
  /** It says where results go, and how much may be read. */
  readonly workgroup: string;
  readonly timeoutMs: number;
  /** Between two looks whether it is done. */
  readonly pollMs?: number;
}

const MAX_SQL_BYTES = 262_144;
const POLL_MS = 500;
/** What a split says whose object is gone. */
const GONE = /NoSuchKey|HIVE_CANNOT_OPEN_SPLIT|HIVE_FILESYSTEM_ERROR|FileNotFound/;
const NUMBERS: readonly (string | undefined)[] = [
  ...['double', 'float', 'real', 'bigint', 'integer', 'int', 'smallint', 'decimal'],
];

const refused = (reason: string, message: string): AppError =>
  new AppError('unavailable', message, { reason });

function rowsOf({ ResultSet: found }: GetQueryResultsOutput, skip: number): WarehouseRow[] {
  const columns = found?.ResultSetMetadata?.ColumnInfo ?? [];
  return (found?.Rows ?? []).slice(skip).map(({ Data: cells = [] }) =>
    Object.fromEntries(
      columns.map(({ Name: name = '', Type: type }, index) => {
        const text = cells[index]?.VarCharValue ?? null;
        if (text === null) return [name, null];
        if (type === 'boolean') return [name, text === 'true'];
        return [name, NUMBERS.includes(type) ? Number(text) : text];
      }),
    ),
  );
}

/** Its text names what the statement is about: it is for the log alone. */
const failed = (cause: string): AppError =>
  new AppError('internal', 'The question could not be answered.', { cause });

/** Runs statements; each is stopped when its time is up. */
function runner(options: AthenaOptions) {
  const { kit, database, workgroup, timeoutMs, pollMs = POLL_MS } = options;

  async function start(sql: string): Promise<string> {
    const { client, sdk } = await kit();
    const { QueryExecutionId: id = '' } = await client.send(
      new sdk.StartQueryExecutionCommand({
        QueryString: sql,
        QueryExecutionContext: { Database: database },
        WorkGroup: workgroup,
      }),
    );
    return id;
  }

  async function ended(id: string): Promise<{ readonly failure?: string }> {
    const { client, sdk } = await kit();
    const endsOn = performance.now() + timeoutMs;
    for (;;) {
      const command = new sdk.GetQueryExecutionCommand({ QueryExecutionId: id });
      const { State: state, StateChangeReason: reason = '' } =
        (await client.send(command)).QueryExecution?.Status ?? {};
      if (state === 'SUCCEEDED') return {};
      if (state === 'FAILED' || state === 'CANCELLED') return { failure: `${state}: ${reason}` };
      if (performance.now() >= endsOn) {
        await client.send(new sdk.StopQueryExecutionCommand({ QueryExecutionId: id }));
        throw refused('query_too_slow', 'This takes longer than there is time for here.');
      }
      await sleep(pollMs);
    }
  }

  async function results(id: string): Promise<readonly WarehouseRow[]> {
    const { client, sdk } = await kit();
    const rows: WarehouseRow[] = [];
    let token: string | undefined;
    do {
      const command = new sdk.GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token });
      const page = await client.send(command);
      // The first row of the first page has the names of the columns.
      rows.push(...rowsOf(page, token === undefined ? 1 : 0));
      token = page.NextToken;
    } while (token !== undefined);
    return rows;
  }

  return { start, ended, results };
}

/** The object with whose ids are whose, by its content; `undefined` where all are their own. */
async function storePersons(
  blobs: AthenaOptions['blobs'],
  { groupId, persons }: Question,
): Promise<string | undefined> {
  if (persons.size === 0) return undefined;
  const lines = Array.from(persons, ([id, person]) => JSON.stringify({ id, person })).sort();
  const body = `${lines.join('\n')}\n`;
  const version = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const key = `events/${groupId}/persons/${version}/persons.ndjson.gz`;
  if ((await blobs.head(key)) === undefined) await blobs.put(key, gzipSync(body));
  return version;
}

/** Questions answered by Athena, which reads the objects where they are: for more than one machine holds. */
export function openAthenaWarehouse(options: AthenaOptions): Warehouse {
  const { start, ended, results } = runner(options);
  const tables = loadOnce(async () => {
    for (const sql of tableStatements(options.bucket)) {
      const { failure } = await ended(await start(sql));
      if (failure !== undefined) throw failed(failure);
    }
  });

  async function answer(question: Question): Promise<readonly WarehouseRow[] | undefined> {
    await tables();
    const sql = athenaSql(question, await storePersons(options.blobs, question));
    if (Buffer.byteLength(sql) > MAX_SQL_BYTES) {
      throw refused('query_too_large', 'This is more than can be asked at once.');
    }
    const id = await start(sql);
    const { failure } = await ended(id);
    if (failure === undefined) return results(id);
    if (GONE.test(failure)) return undefined;
    throw failed(failure);
  }

  return {
    query: (question) =>
      answer(question).catch((error: unknown) => {
        throw toAppError(error);
      }),
  };
}
