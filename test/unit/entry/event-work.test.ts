import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestEvents, listEventObjects } from '#domain/events/index.ts';
import { sweepAll } from '#entry/sweep.ts';
import { type TestApp, testApp } from '../../support/app.ts';

let app: TestApp;
beforeAll(() => {
  app = testApp();
});
afterAll(() => app.close());

/** Waits for what goes on in the background of the process. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

const hours = () => listEventObjects(app.system, 7, 0, 4_000_000_000_000);

it('one process stores events for the nudge and compacts them for the sweeper', async () => {
  const receivedOn = app.clock.now();
  const parsed = { events: [{ event: 'a', distinct_id: 'u' }], historical: false };

  await ingestEvents(app.system, { groupId: 7, receivedOn, parsed });
  await until(async () => (await hours()).length === 1);
  const [stored] = await hours();
  app.clock.advance(16 * 60_000);
  const swept = await sweepAll(app.system);
  await until(async () => (await hours())[0]?.clean === true);

  expect(stored).toMatchObject({ clean: false, hour: '2026-01-01T00' });
  expect(swept.eventTasks).toBe(1);
  expect(app.errors).toEqual([]);
});
