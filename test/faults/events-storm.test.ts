/**
 * Events while everything fails: two processes take, store and compact them at once on stores that refuse calls
 * or lose their answers; some calls come again. Then it grows calm, and each event that was accepted is there once.
 */
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  compactEvents,
  listEventObjects,
  redriveEvents,
  storeEvents,
} from '#domain/events/index.ts';
import { EVENTS_QUEUE } from '#domain/events/parcel.ts';
import { createCache } from '#kernel/cache.ts';
import type { Context } from '#kernel/context.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type EventTools, eventTools } from '../support/events.ts';
import { type Dice, diceOf } from './storm/dice.ts';
import { withFaults } from './storm/faulty-ports.ts';

const GROUPS = [7, 8] as const;
const MINUTE = 60_000;
const RATES = { throttled: 0.04, slow: 0.02, lost: 0.04, stale: 0.1 };
const ROUNDS = process.env.FULL === '1' ? 300 : 60;
const seed = Number(process.env.FAULT_SEED ?? Date.now() % 1_000_000);

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

/** A process with faulty stores, and memory and dice of its own. */
function processOf(dice: Dice) {
  const platform = withFaults(app.platform, { dice: dice.fork('stores'), rates: RATES, on: true });
  const ctx: Context = {
    ...platform,
    actor: { kind: 'system' },
    cache: createCache(app.clock),
    background: { start: async () => undefined },
    log: { info: () => undefined, error: () => undefined },
    defer: (work) => void work.catch(() => undefined),
  };
  return { ctx, faults: platform.faults };
}

const uuidOf = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

interface Sent {
  readonly groupId: number;
  readonly events: readonly { readonly uuid: string }[];
}

it(`accepted events are stored once (FAULT_SEED=${seed})`, async () => {
  const dice = diceOf(seed);
  const processes = [processOf(dice.fork('one')), processOf(dice.fork('two'))];
  const accepted = new Map<number, Set<string>>(GROUPS.map((group) => [group, new Set()]));
  const unanswered: Sent[] = [];
  let made = 0;
  const newEvents = (): Sent => ({
    groupId: dice.pick(GROUPS),
    events: Array.from({ length: dice.between(1, 20) }, () => ({
      uuid: uuidOf(++made),
      event: dice.pick(['a', 'b', '$identify']),
      distinct_id: `u${dice.between(1, 9)}`,
      timestamp: new Date(app.clock.now() - dice.between(0, 180) * MINUTE).toISOString(),
      properties: { $anon_distinct_id: `a${dice.between(1, 9)}`, made },
    })),
  });
  const send = async (ctx: Context, sent: Sent): Promise<void> => {
    try {
      await tools.ingest(ctx, sent.groupId, sent.events);
      for (const { uuid } of sent.events) accepted.get(sent.groupId)?.add(uuid);
    } catch {
      unanswered.push(sent);
    }
  };
  const work = async ({ ctx }: (typeof processes)[number]): Promise<void> => {
    await send(ctx, newEvents());
    const again = dice.chance(0.5) ? unanswered.shift() : undefined;
    if (again !== undefined) await send(ctx, again);
    await storeEvents(ctx, { slot: dice.between(0, 1), waitSeconds: 0 }).catch(() => undefined);
    await compactEvents(ctx, tools.parquet).catch(() => undefined);
  };

  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(processes.map(work));
    app.clock.advance(dice.between(0, 10 * MINUTE));
  }
  for (const { faults } of processes) faults.set(false);
  const calm = app.system;
  for (let tries = 0; tries < 8; tries += 1) {
    app.clock.advance(20 * MINUTE);
    await redriveEvents({ ...calm, background: { start: async () => undefined } });
    await tools.drain(calm);
    await compactEvents(calm, tools.parquet);
  }

  const counts = processes.flatMap(({ faults }) => Object.values(faults.counts));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(ROUNDS);
  expect(await calm.messages.backlog(EVENTS_QUEUE)).toBe(0);
  for (const group of GROUPS) {
    const hours = await listEventObjects(calm, group, 0, app.clock.now() + 1);
    const stored = (await tools.readAll(calm, group)).map(({ uuid }) => uuid);
    const wanted = accepted.get(group) ?? new Set();
    expect(hours.filter(({ clean }) => !clean)).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    expect([...wanted].filter((uuid) => !stored.includes(uuid))).toEqual([]);
    expect(wanted.size).toBeGreaterThan(ROUNDS);
  }
});
