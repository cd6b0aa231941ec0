import { afterAll, describe, expect, it } from 'vitest';
import { openDynamoTable } from '#aws/dynamo-table.ts';
import { callTable } from '#http/call-table.ts';
import { keepCallWrite, keptCallKey } from '#kernel/idempotency.ts';
import { itemMissing, put } from '#kernel/table.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { type Fault, startFaultProxy } from '../support/fault-proxy.ts';
import { createTable, emulatorClients } from './aws-support.ts';
import { uniqueName } from './suite.ts';

const emulator = await startTestEmulator();
const proxy = await startFaultProxy(emulator.endpoint);
const direct = emulatorClients(emulator.endpoint);
const faulty = emulatorClients(proxy.endpoint);
const tableName = await createTable(direct.dynamo());
const table = openDynamoTable({ client: faulty.dynamo(), tableName });
const truth = openDynamoTable({ client: direct.dynamo(), tableName });

afterAll(async () => {
  await Promise.all([direct.destroy(), faulty.destroy()]);
  await proxy.stop();
  await emulator.stop();
});

/** A call under a key that makes one item. */
function newCall(text: string, made: { readonly pk: string; readonly sk: string }) {
  const at = keptCallKey({ principal: 'user 1', operation: 'make', path: '/things', text });
  const call = uniqueName('call');
  const kept = { call, startedOn: 1_000, expiresOn: 2_000, inputHash: 'x', touched: [] };
  const own = callTable(table, {
    writes: () => [keepCallWrite(at, kept)],
    refused: () => new Error('the key is taken'),
  });
  return { at, call, make: () => own.write(put({ ...made, call }, itemMissing)) };
}

// Each has its effect although the caller's first request fails after it was done.
const LOST: readonly Fault[] = ['drop-answer', 'cut-answer'];

describe.each(LOST)('a call with a key whose answer is lost (%s, P16)', (lost) => {
  it('is done once, and takes itself for no other', async () => {
    const key = { pk: uniqueName('made'), sk: '1' };
    const mine = newCall(uniqueName('key'), key);
    proxy.setFaults(({ before }) => (before === 0 ? lost : 'pass'));

    expect(await mine.make()).toEqual({ ok: true });

    expect(proxy.calls.length).toBeGreaterThan(1);
    const stored = await truth.batchGet([key, mine.at]);
    expect(stored.map((item) => item?.call)).toEqual([mine.call, mine.call]);
  });
});

describe('a key', () => {
  it('lets 50 calls at once do one thing', async () => {
    proxy.setFaults(() => 'pass');
    const text = uniqueName('key');
    const key = () => ({ pk: uniqueName('made'), sk: '1' });
    const tries = Array.from({ length: 50 }, () => {
      const made = key();
      return { made, ...newCall(text, made) };
    });

    const done = await Promise.allSettled(tries.map(({ make }) => make()));

    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const stored = await truth.batchGet(tries.map(({ made }) => made));
    expect(stored.filter((item) => item !== undefined)).toHaveLength(1);
  });
});
