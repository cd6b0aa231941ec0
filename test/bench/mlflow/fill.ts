/** Puts finished runs into a table of Assay as they are once their index has settled. */
import type { RunDetail } from '../../../functions/domain/tracking/index.ts';
import { rankOf } from '../../../functions/domain/tracking/ordered.ts';
import type { Table } from '../../../functions/kernel/table.ts';
import { runPuts } from '../../support/settled-runs.ts';
import { type RunRow, runRows } from './rows.ts';

/** Runs that are put in at once. */
const AT_ONCE = 200;

interface Place {
  readonly experimentId: number;
  readonly groupId: number;
}

const entriesOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

const detailOf = (row: RunRow, place: Place): RunDetail => ({
  run: {
    ...place,
    id: row.id,
    user: 'bench',
    name: row.name,
    status: 'FINISHED',
    startTime: row.startTime,
    endTime: row.endTime,
  },
  ranks: Object.entries(row.metrics).map(([name, value]) => [
    name,
    rankOf({ step: 0n, timestamp: BigInt(row.startTime), value }),
  ]),
  params: entriesOf(row.params),
  tags: entriesOf({ 'mlflow.runName': row.name, ...row.tags }),
  inputs: { datasets: [], models: [], outputs: [] },
});

/** All rows, by the items that the domain makes of runs. */
export async function fillTable(
  table: Table,
  { rows, ...place }: Place & { readonly rows: number },
): Promise<void> {
  let details: RunDetail[] = [];
  const flush = async (): Promise<void> => {
    await table.bulk(details.flatMap(runPuts));
    details = [];
  };
  for (const row of runRows(rows)) {
    details.push(detailOf(row, place));
    if (details.length === AT_ONCE) await flush();
  }
  await flush();
}
