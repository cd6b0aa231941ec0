import {
  createBucket,
  createQueues,
  createTable,
  emulatorClients,
} from '../../contract/aws-support.ts';
import { startTestEmulator } from '../../support/emulator.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { stormOf } from './aws-faults.ts';
import type { Dice } from './dice.ts';
import type { Counts } from './faulty-ports.ts';
import type { StoreRates } from './options.ts';
import { POOL, type StormStore } from './storm-store.ts';

/** Table, bucket and queues on the emulator of AWS, and a proxy in front of it that the storm steers. */
export async function awsStore(rates: StoreRates, dice: Dice): Promise<StormStore> {
  const emulator = await startTestEmulator();
  const clients = emulatorClients(emulator.endpoint);
  const proxy: FaultProxy = await startFaultProxy(emulator.endpoint);
  const made = {
    kind: 'aws' as const,
    tableName: await createTable(clients.dynamo()),
    bucket: await createBucket((await clients.s3()).client),
    queues: { [POOL]: await createQueues((await clients.sqs()).client) },
  };
  await clients.destroy();
  const counts: Counts = {};
  const storm = stormOf(rates, dice, (name) => {
    counts[name] = (counts[name] ?? 0) + 1;
  });
  return {
    address: { ...made, endpoint: proxy.endpoint },
    truth: { ...made, endpoint: emulator.endpoint },
    faults: () => counts,
    switch: (on) =>
      on ? proxy.setFaults(storm.decide, storm.rewrite) : proxy.setFaults(() => 'pass'),
    async close() {
      await proxy.stop();
      await emulator.stop();
    },
  };
}
