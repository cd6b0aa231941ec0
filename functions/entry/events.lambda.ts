import process from 'node:process';
import { storeEvents } from '#domain/events/index.ts';
import { bySystem } from './deferred.ts';
import { ApiEnv, readEnv } from './env.ts';
import { lambdaPlatform } from './lambda-platform.ts';
import { StoreEvent } from './store-event.ts';

const platform = lambdaPlatform(readEnv(ApiEnv, process.env));

/** Stores what was ingested: started for it, and by the sweeper while something waits. */
export async function handler(event: unknown): Promise<void> {
  const task = StoreEvent.parse(event);
  const report = await bySystem(platform, (ctx) => storeEvents(ctx, task));
  platform.log.info('events', { ...report });
}
