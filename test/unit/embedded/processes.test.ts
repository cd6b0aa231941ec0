import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteTable, type SqliteTable } from '#embedded/sqlite-table.ts';

const writer = fileURLToPath(new URL('./table-writer.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  /** Rounds whose acknowledgement has arrived, in order. */
  readonly acknowledged: readonly number[];
  /** Resolves with the exit code, or the signal, and what was printed as an error. */
  readonly ended: Promise<{ readonly code: number | string; readonly errors: string }>;
}

// A test that fails must not leave a writer behind that never ends.
const running = new Set<ChildProcess>();

const startWriter = (path: string, name: string, rounds = 0): Writer => {
  const args = [writer, path, name, String(rounds)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const acknowledged: number[] = [];
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (output + chunk.toString()).split('\n');
    output = lines.pop() ?? '';
    acknowledged.push(...lines.map(Number));
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, errors }));
  return { child, acknowledged, ended };
};

const until = async (condition: () => boolean): Promise<void> => {
  const giveUpAt = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error('It did not come to that in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const roundsOf = async (table: SqliteTable, name: string) => {
  const { items } = await table.query({ pk: `writer-${name}` });
  const sides = (side: string) =>
    items.filter((item) => item.sk.endsWith(side)).map((item) => Number(item.round));
  return { left: sides('left'), right: sides('right') };
};

// Each starts several processes, which takes its time on a busy machine.
describe('several processes on one table', { timeout: 90_000 }, () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-processes-'));
    path = join(folder, 'table.sqlite');
  });

  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
    await rm(folder, { recursive: true });
  });

  it('lets three of them write at once, without a lock error and without a lost write', async () => {
    const rounds = 300;
    const writers = ['a', 'b', 'c'].map((name) => startWriter(path, name, rounds));

    const ends = await Promise.all(writers.map(({ ended }) => ended));

    expect(ends).toEqual([0, 0, 0].map((code) => ({ code, errors: '' })));
    const table = openSqliteTable(path);
    const expected = Array.from({ length: rounds }, (_, round) => round);
    for (const name of ['a', 'b', 'c']) {
      expect(await roundsOf(table, name)).toEqual({ left: expected, right: expected });
    }
    expect((await table.get({ pk: 'shared', sk: 'counter' }))?.n).toBe(3 * rounds);
    table.close();
  });

  it('loses nothing that was acknowledged and keeps no half when writers are killed', async () => {
    const kills = 8;
    const bystander = startWriter(path, 'bystander');
    await until(() => bystander.acknowledged.length > 0);
    const killed: Writer[] = [];

    for (let at = 0; at < kills; at += 1) {
      const victim = startWriter(path, `victim-${at}`);
      await until(() => victim.acknowledged.length > at * 7);
      victim.child.kill('SIGKILL');
      killed.push(victim);
      expect(await victim.ended).toEqual({ code: 'SIGKILL', errors: '' });
    }
    bystander.child.kill('SIGKILL');
    expect(await bystander.ended).toEqual({ code: 'SIGKILL', errors: '' });

    const table = openSqliteTable(path);
    let transactions = 0;
    const all = [...killed.map((each, at) => [`victim-${at}`, each] as const)];
    for (const [name, { acknowledged }] of [...all, ['bystander', bystander] as const]) {
      const { left, right } = await roundsOf(table, name);
      expect(right).toEqual(left);
      expect(left.slice(0, acknowledged.length)).toEqual(acknowledged);
      transactions += left.length;
    }
    expect((await table.get({ pk: 'shared', sk: 'counter' }))?.n).toBe(transactions);
    table.close();
  });
});
