/** A server with all that it does in the background, as a process that a test may kill. */
import { startLocal } from '#entry/local.ts';
import { serveAsChild } from '../../bench/frame/child.ts';
import { FIRST_USER } from './scene.ts';

export interface ServerInput {
  readonly folder: string;
  readonly port: number;
  /** How far its clock is ahead of the machine's. */
  readonly aheadMs: number;
  /** Nobody is there yet. */
  readonly isFirst: boolean;
}

export interface ServerReady {
  readonly url: string;
  /** Of the first user, from the process that made it. */
  readonly password?: string;
}

const SWEEP_MS = 200;

await serveAsChild(async ({ folder, port, aheadMs, isFirst }: ServerInput) => {
  const local = await startLocal({
    folder,
    port,
    registration: 'open',
    sweepMs: SWEEP_MS,
    clock: { now: () => Date.now() + aheadMs },
    log: {
      info: () => undefined,
      error: (event, fields) => console.error(JSON.stringify({ event, ...fields })),
    },
  });
  const user = isFirst ? await local.createFirstUser(FIRST_USER) : undefined;
  const ready: ServerReady = { url: local.url, ...user };
  return { ready, close: () => local.close() };
});
