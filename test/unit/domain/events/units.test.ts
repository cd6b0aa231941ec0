/** What a thousand events cost, in calls that AWS bills; the table of costs has these numbers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compactEvents, sweepEvents } from '#domain/events/index.ts';
import type { Context } from '#kernel/context.ts';
import { meterPorts } from '#kernel/meter.ts';
import { type TestApp, testApp } from '../../../support/app.ts';
import { type EventTools, eventTools } from '../../../support/events.ts';

let app: TestApp;
let tools: EventTools;
beforeAll(async () => {
  app = testApp();
  tools = await eventTools(app.platform.blobs);
});
afterAll(async () => {
  await tools.close();
  await app.close();
});

it('a batch of 1,000 events of one hour, from the call to one file', async () => {
  const { meter, ...ports } = meterPorts({
    ...app.platform,
    background: { start: async () => undefined },
  });
  const ctx: Context = { ...app.system, ...ports };
  const batch = (from: number) =>
    Array.from({ length: 1_000 }, (_, index) => ({
      event: `event ${index % 10}`,
      distinct_id: `user ${index % 100}`,
      timestamp: new Date(ctx.clock.now()).toISOString(),
      properties: { $lib: 'web', $current_url: 'https://example.org/a', index: from + index },
    }));
  const counted = async (work: () => Promise<unknown>) => {
    meter.reset();
    await work();
    const { tableCalls, blobCalls, messageCalls, backgroundCalls, readUnits, writeUnits } =
      meter.snapshot();
    return { tableCalls, blobCalls, messageCalls, backgroundCalls, readUnits, writeUnits };
  };
  await tools.ingest(ctx, 7, batch(0));
  await tools.drain(ctx);

  const taken = await counted(() => tools.ingest(ctx, 7, batch(1_000)));
  const stored = await counted(() => tools.drain(ctx));
  app.clock.advance(15 * 60_000);
  const compacted = await counted(() => compactEvents(ctx, tools.parquet));
  const idle = await counted(() => sweepEvents(ctx));

  // One message. A nudge of each process in five seconds comes on top; here it has been sent.
  expect(taken).toEqual({
    tableCalls: 0,
    blobCalls: 0,
    messageCalls: 1,
    backgroundCalls: 0,
    readUnits: 0,
    writeUnits: 0,
  });
  // The slot three times, a mark with its index; one object; two receives and a removal.
  expect(stored).toEqual({
    tableCalls: 4,
    blobCalls: 1,
    messageCalls: 3,
    backgroundCalls: 0,
    readUnits: 0,
    writeUnits: 5,
  });
  // Two lists at first and two for the look whether all is done, and a removal; the inputs are read, and a
  // file is written, which the engine's own port does.
  expect(compacted).toMatchObject({ tableCalls: 4, blobCalls: 5, messageCalls: 0 });
  expect(compacted.writeUnits).toBeLessThanOrEqual(6);
  expect(idle).toMatchObject({ tableCalls: 1, messageCalls: 1, readUnits: 0.5, writeUnits: 0 });
});
