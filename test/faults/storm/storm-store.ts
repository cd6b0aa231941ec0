import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Counts } from './faulty-ports.ts';
import type { StoreAddress } from './options.ts';

/** All queues are worked off by one pool. */
export const POOL = 'default';

/** Where a storm's deployment keeps everything, and what goes wrong on the way there. */
export interface StormStore {
  /** As the processes under test reach it. */
  readonly address: StoreAddress;
  /** Past all faults. */
  readonly truth: StoreAddress;
  readonly faults: () => Counts;
  readonly switch: (on: boolean) => void;
  close(): Promise<void>;
}

/** The embedded store, whose ports fail inside the processes of the API. */
export async function embeddedStore(): Promise<StormStore> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-storm-'));
  const address = { kind: 'embedded', folder, secret: randomBytes(32).toString('hex') } as const;
  return {
    ...{ address, truth: address },
    faults: () => ({}),
    switch: () => undefined,
    close: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
