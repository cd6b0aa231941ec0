import { describe } from 'vitest';
import type { Table } from '#kernel/table.ts';
import { type ContractOptions, contractTests, openedOnce } from './suite.ts';
import { indexTests, queryTests } from './table-queries.ts';
import { transactionTests } from './table-transactions.ts';
import { valueTests } from './table-values.ts';
import { conditionTests, updateTests } from './table-writes.ts';

export interface OpenTable {
  readonly table: Table;
  close(): Promise<void>;
}

/** What each group of tests is given: the table under test and a way to declare a test. */
export interface TableTests {
  readonly table: () => Table;
  readonly test: (title: string, run: () => Promise<void>) => void;
}

/** What every adapter of the Table port must do. The tests share one table and clean nothing. */
export const tableContract = (
  name: string,
  open: () => Promise<OpenTable>,
  options: ContractOptions = {},
): void => {
  describe(`table contract: ${name}`, () => {
    const store = openedOnce('table is', open);
    const { test, assertLacksAreKnown } = contractTests(options);
    const tests: TableTests = { table: () => store().table, test };
    valueTests(tests);
    conditionTests(tests);
    updateTests(tests);
    transactionTests(tests);
    queryTests(tests);
    indexTests(tests);
    assertLacksAreKnown();
  });
};
