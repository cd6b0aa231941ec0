// A process that writes to a table until it is killed, and says what was acknowledged.
import { openSqliteTable } from '#embedded/sqlite-table.ts';
import { type Key, put, update } from '#kernel/table.ts';

const [path = '', name = '', rounds = '0'] = process.argv.slice(2);
const table = openSqliteTable(path);

const counter: Key = { pk: 'shared', sk: 'counter' };
const half = (round: number, side: string): Key => ({
  pk: `writer-${name}`,
  sk: `${String(round).padStart(8, '0')}-${side}`,
});

for (let round = 0; rounds === '0' || round < Number(rounds); round += 1) {
  const outcome = await table.transact([
    update(counter, { add: { n: 1 } }),
    put({ ...half(round, 'left'), round, filler: 'x'.repeat(500) }),
    put({ ...half(round, 'right'), round, filler: 'y'.repeat(500) }),
  ]);
  if (!outcome.ok) throw new Error('A transaction without conditions was refused.');
  process.stdout.write(`${round}\n`);
}
table.close();
