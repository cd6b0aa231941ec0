import { describe, expect } from 'vitest';
import { MAX_DELIVERIES, type Message, type Messages } from '#kernel/messages.ts';
import { type ContractOptions, contractTests, openedOnce } from './suite.ts';

export interface OpenMessages {
  readonly messages: Messages;
  /** Makes a queue that no other test uses, or empties one, and answers its name. */
  freshQueue(): Promise<string>;
  /** Lets so many seconds pass on the clock of visibility and delays. */
  elapse(seconds: number): Promise<void>;
  close(): Promise<void>;
}

interface MessagesTests {
  readonly messages: () => Messages;
  readonly freshQueue: () => Promise<string>;
  readonly elapse: (seconds: number) => Promise<void>;
  readonly test: (title: string, run: () => Promise<void>) => void;
}

const refusedAs = (code: string) => expect.objectContaining({ name: 'AppError', code });

const atOnce = { max: 10, waitSeconds: 0, visibilitySeconds: 30 };

// A store of several machines may need a moment until a message that is there is answered.
const patient = { ...atOnce, waitSeconds: 2 };

const bodiesOf = (messages: readonly Message[]): readonly string[] =>
  messages.map((message) => message.body).sort();

const receiveOne = async (
  { messages }: MessagesTests,
  queue: string,
  visibilitySeconds = 30,
): Promise<Message> => {
  const [message] = await messages().receive(queue, { ...patient, max: 1, visibilitySeconds });
  if (message === undefined) throw new Error('No message came.');
  return message;
};

const deliveryTests = (tests: MessagesTests): void => {
  const { messages, freshQueue, elapse, test } = tests;
  test('delivers a message once while it is hidden, and not after its removal', async () => {
    const queue = await freshQueue();
    await messages().send(queue, '{"job":"ä😀"}');

    const first = await receiveOne(tests, queue, 2);
    const hidden = await messages().receive(queue, atOnce);
    await messages().remove(queue, first.receipt);
    await elapse(3);
    const later = await messages().receive(queue, atOnce);

    expect(first).toMatchObject({ body: '{"job":"ä😀"}', deliveries: 1 });
    expect([hidden, later]).toEqual([[], []]);
  });

  test('delivers again what was not removed in time, with another receipt', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'again');

    const first = await receiveOne(tests, queue, 2);
    await elapse(3);
    const second = await receiveOne(tests, queue, 2);

    expect(second).toMatchObject({ body: 'again', deliveries: 2 });
    expect(second.receipt).not.toBe(first.receipt);
  });

  test('extends the time for which a message is hidden', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'longer');
    const { receipt } = await receiveOne(tests, queue, 2);

    await messages().extend(queue, receipt, 6);
    await elapse(3);
    const hidden = await messages().receive(queue, atOnce);
    await elapse(4);

    expect(hidden).toEqual([]);
    expect((await receiveOne(tests, queue)).deliveries).toBe(2);
  });

  test('gives a message back at once, or after a while', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'back');

    await messages().release(queue, (await receiveOne(tests, queue)).receipt, 0);
    const again = await receiveOne(tests, queue);
    await messages().release(queue, again.receipt, 2);
    const hidden = await messages().receive(queue, atOnce);
    await elapse(3);

    expect(again.deliveries).toBe(2);
    expect(hidden).toEqual([]);
    expect((await receiveOne(tests, queue)).deliveries).toBe(3);
  });

  test('delays a message', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'delayed', { delaySeconds: 2 });

    const early = await messages().receive(queue, atOnce);
    await elapse(3);

    expect(early).toEqual([]);
    expect((await receiveOne(tests, queue)).body).toBe('delayed');
  });

  test('ignores receipts that name no delivery', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'kept');

    await messages().remove(queue, 'nonsense');
    await messages().extend(queue, 'nonsense', 10);
    await messages().release(queue, 'nonsense', 10);

    expect((await receiveOne(tests, queue)).body).toBe('kept');
  });
};

const queueTests = (tests: MessagesTests): void => {
  const { messages, freshQueue, test } = tests;
  test('delivers every message to exactly one of those who receive', async () => {
    const queue = await freshQueue();
    const bodies = Array.from({ length: 30 }, (_, at) => `message ${String(at).padStart(2, '0')}`);
    await Promise.all(bodies.map((body) => messages().send(queue, body)));

    const received: Message[] = [];
    for (let rounds = 0; rounds < 20 && received.length < 30; rounds += 1) {
      const options = { ...patient, max: 4 };
      const batches = await Promise.all([1, 2, 3].map(() => messages().receive(queue, options)));
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(4);
        received.push(...batch);
      }
    }

    expect(bodiesOf(received)).toEqual(bodies);
    expect(new Set(received.map((message) => message.receipt)).size).toBe(30);
  });

  test('keeps queues apart', async () => {
    const [one, two] = [await freshQueue(), await freshQueue()];
    await messages().send(one, 'for one');

    const other = await messages().receive(two, atOnce);
    const { receipt } = await receiveOne(tests, one);
    await messages().remove(two, receipt);

    expect(other).toEqual([]);
    expect(await messages().receive(two, atOnce)).toEqual([]);
  });

  test('counts what waits', async () => {
    const queue = await freshQueue();
    const before = await messages().backlog(queue);
    for (const body of ['a', 'b', 'c']) await messages().send(queue, body);
    const waiting = await messages().backlog(queue);

    await receiveOne(tests, queue);

    expect([before, waiting]).toEqual([0, 3]);
    expect(await messages().backlog(queue)).toBe(2);
  });

  test('takes 256 KiB and refuses more, and what is no text', async () => {
    const queue = await freshQueue();
    const largest = 'é'.repeat(128 * 1024);

    await messages().send(queue, largest);

    expect((await receiveOne(tests, queue)).body === largest).toBe(true);
    await expect(messages().send(queue, `${largest}x`)).rejects.toEqual(refusedAs('too_large'));
    await expect(messages().send(queue, '')).rejects.toEqual(refusedAs('invalid'));
    await expect(messages().send(queue, 'a\u0000b')).rejects.toEqual(refusedAs('invalid'));
  });
};

const waitTests = (tests: MessagesTests): void => {
  const { messages, freshQueue, elapse, test } = tests;
  test('waits for a message, and no longer than until it comes', async () => {
    const queue = await freshQueue();
    const started = performance.now();

    const waiting = messages().receive(queue, { ...atOnce, waitSeconds: 10 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await messages().send(queue, 'woken');
    const received = await waiting;

    expect(bodiesOf(received)).toEqual(['woken']);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('waits in vain as long as it was told to', async () => {
    const queue = await freshQueue();
    const started = performance.now();

    const received = await messages().receive(queue, { ...atOnce, waitSeconds: 1 });

    expect(received).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('stops waiting when it is aborted, and loses nothing', async () => {
    const queue = await freshQueue();
    const stop = new AbortController();
    const started = performance.now();

    const options = { ...atOnce, waitSeconds: 20, visibilitySeconds: 1, signal: stop.signal };
    const waiting = messages().receive(queue, options);
    setTimeout(() => stop.abort(), 200);
    const received = await waiting;
    const elapsed = performance.now() - started;
    await messages().send(queue, 'for others');

    expect(received).toEqual([]);
    expect(elapsed).toBeLessThan(5_000);
    expect(await messages().receive(queue, options)).toEqual([]);
    // A store that has not noticed the hanging up yet may have handed the message over in vain.
    await elapse(2);
    expect((await receiveOne(tests, queue)).body).toBe('for others');
  });
};

const deadLetterTests = (tests: MessagesTests): void => {
  const { messages, freshQueue, elapse, test } = tests;
  test('makes a dead letter of what was delivered too often', async () => {
    const queue = await freshQueue();
    await messages().send(queue, 'poison');
    await messages().send(queue, 'good');

    const deliveries: number[] = [];
    for (let round = 0; round <= MAX_DELIVERIES; round += 1) {
      const received = await messages().receive(queue, { ...patient, visibilitySeconds: 1 });
      for (const { body, receipt, deliveries: count } of received) {
        if (body === 'good') await messages().remove(queue, receipt);
        else deliveries.push(count);
      }
      await elapse(2);
    }
    const dead = await messages().deadLetters(queue, 10);

    expect(deliveries).toEqual([1, 2, 3, 4, 5]);
    expect(bodiesOf(dead)).toEqual(['poison']);
    expect(await messages().receive(queue, atOnce)).toEqual([]);
    expect(await messages().backlog(queue)).toBe(0);
    await messages().removeDeadLetter(queue, dead[0]?.receipt ?? '');
    await elapse(11);
    expect(await messages().deadLetters(queue, 10)).toEqual([]);
  });
};

/** What every adapter of the Messages port must do. Each test has a queue of its own. */
export const messagesContract = (
  name: string,
  open: () => Promise<OpenMessages>,
  options: ContractOptions = {},
): void => {
  describe(`messages contract: ${name}`, () => {
    const store = openedOnce('messages are', open);
    const { test, assertLacksAreKnown } = contractTests(options);
    const tests: MessagesTests = {
      messages: () => store().messages,
      freshQueue: () => store().freshQueue(),
      elapse: (seconds) => store().elapse(seconds),
      test,
    };
    deliveryTests(tests);
    queueTests(tests);
    waitTests(tests);
    deadLetterTests(tests);
    assertLacksAreKnown();
  });
};
