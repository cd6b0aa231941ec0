/** What lies in the store of a server, seen by another process. */
import { join } from 'node:path';
import { listEventObjects } from '#domain/events/index.ts';
import { EVENTS_QUEUE } from '#domain/events/parcel.ts';
import { embeddedPlatform } from '#embedded/context.ts';
import { openSqliteMessages } from '#embedded/sqlite-messages.ts';
import type { Context } from '#kernel/context.ts';

export interface Hours {
  readonly all: number;
  /** Those that are one file. */
  readonly clean: number;
  readonly objects: number;
}

export interface StoreView {
  /** Messages of events that are not stored yet, those included that somebody works on. */
  waiting(): Promise<number>;
  hours(groupId: number): Promise<Hours>;
  close(): void;
}

const FAR_AHEAD_MS = 86_400_000;
const quiet = { info: () => undefined, error: () => undefined };

export function viewStore(folder: string): StoreView {
  const platform = embeddedPlatform({
    folder,
    baseUrl: 'http://localhost',
    secret: 'nobody signs with this one',
    settings: { registration: 'closed', pools: [], passwordLogN: 10, version: 'test' },
    log: quiet,
  });
  const clock = { now: () => Date.now() + FAR_AHEAD_MS };
  const messages = openSqliteMessages(join(folder, 'messages.sqlite'), { clock });
  const ctx: Context = { ...platform, actor: { kind: 'system' }, defer: () => undefined };
  return {
    waiting: () => messages.backlog(EVENTS_QUEUE),
    async hours(groupId) {
      const hours = await listEventObjects(ctx, groupId, 0, clock.now());
      return {
        all: hours.length,
        clean: hours.filter(({ clean }) => clean).length,
        objects: hours.reduce((sum, { objects }) => sum + objects.length, 0),
      };
    },
    close() {
      messages.close();
      platform.close();
    },
  };
}
