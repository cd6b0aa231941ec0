import { setTimeout } from 'node:timers/promises';
import { afterAll } from 'vitest';
import { openSqsMessages, type QueueUrls } from '#aws/sqs-messages.ts';
import { startTestEmulator } from '../support/emulator.ts';
import { createQueues, emulatorClients } from './aws-support.ts';
import { messagesContract } from './messages.suite.ts';
import { uniqueName } from './suite.ts';

// A file and an emulator of its own: most of the time here is spent waiting.
const emulator = await startTestEmulator();
const clients = emulatorClients(emulator.endpoint);
afterAll(async () => {
  await clients.destroy();
  await emulator.stop();
});

messagesContract('AWS adapter on the emulator', async () => {
  const { client } = await clients.sqs();
  const queues: Record<string, QueueUrls> = {};
  return {
    messages: openSqsMessages({ kit: clients.sqs, queues }),
    async freshQueue() {
      const name = uniqueName('pool');
      queues[name] = await createQueues(client);
      return name;
    },
    elapse: (seconds) => setTimeout(seconds * 1000),
    close: async () => {},
  };
});
