import type { Table } from '#kernel/table.ts';
import { listKeys } from './list.items.ts';

const AT_ONCE = 500;

/** Removes all that is kept of a list which nobody reads any more. */
export async function dropList({ table }: { readonly table: Table }, list: string): Promise<void> {
  for (;;) {
    const page = await table.query({ pk: listKeys.partition(list), limit: AT_ONCE });
    await table.bulk(page.items.map(({ pk, sk }) => ({ kind: 'delete', key: { pk, sk } })));
    if (page.next === undefined) return;
  }
}
