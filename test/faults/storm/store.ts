import { join } from 'node:path';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { openSqliteTable } from '#embedded/sqlite-table.ts';
import type { Table } from '#kernel/table.ts';
import { emulatorClients } from '../../contract/aws-support.ts';
import type { StoreAddress } from './options.ts';

/** A look at the stores past the API and past all faults. */
export interface Truth {
  readonly table: Pick<Table, 'query' | 'get'>;
  close(): Promise<void>;
}

export function openTruth(store: StoreAddress): Truth {
  if (store.kind === 'embedded') {
    const table = openSqliteTable(join(store.folder, 'table.sqlite'));
    return { table, close: async () => table.close() };
  }
  const clients = emulatorClients(store.endpoint);
  const table = openDynamoTable({ client: clients.dynamo(), tableName: store.tableName });
  return { table, close: () => clients.destroy() };
}

/** Jobs that wait for a worker. */
export async function waitingJobs({ table }: Truth, pool: string): Promise<readonly number[]> {
  const { items } = await table.query({ index: 'gsi2', pk: `WAITING#${pool}` });
  return items.map(({ id }) => Number(id));
}

/** Jobs that the sweeper still has to look at. */
export async function dueJobs({ table }: Truth): Promise<readonly number[]> {
  const { items } = await table.query({ index: 'gsi1', pk: 'DUE' });
  return items.map(({ id }) => Number(id));
}
