import type { Item, Query, QueryPosition, Table } from './table.ts';

/** All pages of a query, each read when it is asked for. Throws what the table throws. */
export async function* queryPages(
  { table }: { readonly table: Pick<Table, 'query'> },
  query: Query,
): AsyncGenerator<readonly Item[]> {
  let after: QueryPosition | undefined;
  do {
    const page = await table.query({ ...query, ...(after === undefined ? {} : { after }) });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}
