import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteMessages, type SqliteMessages } from '#embedded/sqlite-messages.ts';
import { MAX_DELIVERIES } from '#kernel/messages.ts';
import { type MovableClock, movableClock } from '../../support/clock.ts';

const atOnce = { max: 10, waitSeconds: 0, visibilitySeconds: 30 };

describe('openSqliteMessages', () => {
  let folder: string;
  let path: string;
  let clock: MovableClock;
  let messages: SqliteMessages;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-messages-'));
    path = join(folder, 'messages.sqlite');
    clock = movableClock();
    messages = openSqliteMessages(path, { clock });
  });

  afterEach(async () => {
    messages.close();
    await rm(folder, { recursive: true });
  });

  it('keeps messages when it is closed and opened again', async () => {
    await messages.send('q', 'kept');
    messages.close();

    messages = openSqliteMessages(path, { clock });

    expect(await messages.receive('q', atOnce)).toMatchObject([{ body: 'kept', deliveries: 1 }]);
  });

  it('wakes up at once for a message of this process', async () => {
    const times: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const waiting = messages.receive('q', { ...atOnce, waitSeconds: 5 });
      await new Promise((resolve) => setTimeout(resolve, 3));
      const sent = performance.now();
      await messages.send('q', 'now');
      expect(await waiting).toHaveLength(1);
      times.push(performance.now() - sent);
    }

    // Looking every 40 ms alone would take 20 ms in the middle.
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(15);
  });

  it('hears of a message of another process within 50 ms or so', async () => {
    const other = openSqliteMessages(path, { clock });
    const waiting = messages.receive('q', { ...atOnce, waitSeconds: 5 });
    await new Promise((resolve) => setTimeout(resolve, 100));

    const sent = performance.now();
    await other.send('q', 'from elsewhere');
    const received = await waiting;

    expect(received).toMatchObject([{ body: 'from elsewhere' }]);
    expect(performance.now() - sent).toBeLessThan(250);
    other.close();
  });

  it('gives each message to one of two openings', async () => {
    const other = openSqliteMessages(path, { clock });
    for (let at = 0; at < 40; at += 1) await messages.send('q', `${at}`);

    const bodies: string[] = [];
    for (let rounds = 0; rounds < 10; rounds += 1) {
      const batches = await Promise.all(
        [messages, other].map((each) => each.receive('q', { ...atOnce, max: 3 })),
      );
      bodies.push(...batches.flat().map((message) => message.body));
    }
    other.close();

    expect(bodies).toHaveLength(40);
    expect(new Set(bodies).size).toBe(40);
  });

  it('ignores the receipts of earlier deliveries', async () => {
    await messages.send('q', 'x');
    const [first] = await messages.receive('q', { ...atOnce, visibilitySeconds: 1 });
    clock.advance(1001);
    const [second] = await messages.receive('q', { ...atOnce, visibilitySeconds: 60 });

    await messages.remove('q', first?.receipt ?? '');
    await messages.release('q', first?.receipt ?? '', 0);
    const hidden = await messages.receive('q', atOnce);
    await messages.release('q', second?.receipt ?? '', 0);

    expect(hidden).toEqual([]);
    expect(await messages.receive('q', atOnce)).toMatchObject([{ body: 'x', deliveries: 3 }]);
  });

  it('cannot extend what has become visible again', async () => {
    await messages.send('q', 'x');
    const [first] = await messages.receive('q', { ...atOnce, visibilitySeconds: 1 });
    clock.advance(1000);

    await messages.extend('q', first?.receipt ?? '', 100);

    expect(await messages.receive('q', atOnce)).toHaveLength(1);
  });

  it('delivers a dead letter no more, whatever is done with its receipt', async () => {
    await messages.send('q', 'poison');
    let receipt = '';
    for (let round = 0; round < MAX_DELIVERIES; round += 1) {
      const [message] = await messages.receive('q', { ...atOnce, visibilitySeconds: 0 });
      receipt = message?.receipt ?? '';
    }
    const sixth = await messages.receive('q', atOnce);
    await messages.release('q', receipt, 0);
    await messages.remove('q', receipt);

    expect(sixth).toEqual([]);
    expect(await messages.receive('q', atOnce)).toEqual([]);
    expect(await messages.deadLetters('q', 1)).toMatchObject([{ body: 'poison', deliveries: 5 }]);
    expect(await messages.deadLetters('other', 1)).toEqual([]);
  });

  it.each([
    ['a delay over 15 minutes', () => messages.send('q', 'x', { delaySeconds: 901 })],
    ['a negative delay', () => messages.send('q', 'x', { delaySeconds: -1 })],
    ['half a surrogate pair', () => messages.send('q', '\ud800')],
    ['a wait over 20 s', () => messages.receive('q', { ...atOnce, waitSeconds: 21 })],
    ['a visibility over 12 h', () => messages.extend('q', 'r', 43_201)],
    ['none at all', () => messages.receive('q', { ...atOnce, max: 0 })],
  ])('refuses %s', async (_title, call) => {
    await expect(call()).rejects.toMatchObject({ code: 'invalid' });
  });

  it('ends the waiting when it is closed', async () => {
    const waiting = messages.receive('q', { ...atOnce, waitSeconds: 20 });
    await new Promise((resolve) => setTimeout(resolve, 20));

    messages.close();

    expect(await waiting).toEqual([]);
    await expect(messages.send('q', 'x')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes nothing for a wait that was aborted', async () => {
    const stop = new AbortController();
    const options = { ...atOnce, waitSeconds: 20, signal: stop.signal };
    const waiting = messages.receive('q', options);
    setTimeout(() => stop.abort(), 20);

    const received = [await waiting, await messages.receive('q', options)];
    await messages.send('q', 'for others');

    expect(received).toEqual([[], []]);
    expect(await messages.receive('q', options)).toEqual([]);
    expect(await messages.receive('q', atOnce)).toMatchObject([
      { body: 'for others', deliveries: 1 },
    ]);
  });

  it('clears all queues', async () => {
    await messages.send('q', 'x');
    await messages.send('r', 'y');

    messages.clear();

    expect([await messages.backlog('q'), await messages.backlog('r')]).toEqual([0, 0]);
  });
});
