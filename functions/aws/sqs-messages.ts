import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import { AppError, invalid } from '#kernel/errors.ts';
import type { Message, Messages } from '#kernel/messages.ts';
import { isNamed, toAppError } from './failures.ts';
import type { SqsKit } from './sqs-client.ts';

const MAX_BODY_BYTES = 256 * 1024;
const MAX_BATCH = 10;
/** Long enough to remove what was looked at, short enough to look again. */
const LOOK_SECONDS = 10;

export interface QueueUrls {
  readonly queueUrl: string;
  readonly dlqUrl: string;
}

export interface SqsSetup {
  readonly kit: () => Promise<SqsKit>;
  /** By the pool's name. */
  readonly queues: { readonly [pool: string]: QueueUrls };
}

type Receive = Parameters<Messages['receive']>[1];

function urlsOf({ queues }: SqsSetup, queue: string): QueueUrls {
  const urls = Object.hasOwn(queues, queue) ? queues[queue] : undefined;
  if (urls === undefined) throw invalid('unknown_pool', `There is no pool named "${queue}".`);
  return urls;
}

const messageOf = ({ Body, ReceiptHandle, Attributes }: SqsMessage): Message => ({
  body: Body ?? '',
  receipt: ReceiptHandle ?? '',
  deliveries: Number(Attributes?.ApproximateReceiveCount ?? 1),
});

async function receive(
  { kit }: SqsSetup,
  url: string,
  { max, waitSeconds, visibilitySeconds, signal }: Receive,
): Promise<readonly Message[]> {
  const { client, sdk } = await kit();
  const command = new sdk.ReceiveMessageCommand({
    QueueUrl: url,
    MaxNumberOfMessages: Math.min(max, MAX_BATCH),
    WaitTimeSeconds: waitSeconds,
    VisibilityTimeout: visibilitySeconds,
    MessageSystemAttributeNames: ['ApproximateReceiveCount'],
  });
  // A long poll outlasts the client's usual timeout.
  const requestTimeout = waitSeconds * 1000 + 5000;
  try {
    const answer = await client.send(command, {
      requestTimeout,
      ...(signal !== undefined && { abortSignal: signal }),
    });
    return (answer.Messages ?? []).map(messageOf);
  } catch (error) {
    if (signal?.aborted === true) return [];
    throw toAppError(error);
  }
}

async function send(
  { kit }: SqsSetup,
  url: string,
  body: string,
  delaySeconds: number | undefined,
): Promise<void> {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw new AppError('too_large', 'A message has at most 256 KiB.');
  }
  const { client, sdk } = await kit();
  const delay = delaySeconds === undefined ? {} : { DelaySeconds: delaySeconds };
  const command = new sdk.SendMessageCommand({ QueueUrl: url, MessageBody: body, ...delay });
  try {
    await client.send(command);
  } catch (error) {
    if (isNamed(error, 'InvalidMessageContents', 'MissingParameter')) {
      throw invalid('invalid_message', 'The text of a message is empty or has control characters.');
    }
    throw toAppError(error);
  }
}

// The delivery has ended: its message is back in the queue, removed, or another's.
const stale = (error: unknown): boolean =>
  isNamed(error, 'MessageNotInflight', 'ReceiptHandleIsInvalid', 'InvalidParameterValue');

async function hide(
  { kit }: SqsSetup,
  url: string,
  receipt: string,
  seconds: number,
): Promise<void> {
  const { client, sdk } = await kit();
  const asked = { QueueUrl: url, ReceiptHandle: receipt, VisibilityTimeout: seconds };
  try {
    await client.send(new sdk.ChangeMessageVisibilityCommand(asked));
  } catch (error) {
    if (!stale(error)) throw toAppError(error);
  }
}

async function remove({ kit }: SqsSetup, url: string, receipt: string): Promise<void> {
  const { client, sdk } = await kit();
  try {
    await client.send(new sdk.DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
  } catch (error) {
    if (!stale(error)) throw toAppError(error);
  }
}

async function deadLetters(setup: SqsSetup, url: string, max: number): Promise<Message[]> {
  const found: Message[] = [];
  while (found.length < max) {
    const page = await receive(setup, url, {
      max: max - found.length,
      // SQS asks only some of its servers unless it may wait.
      waitSeconds: 1,
      visibilitySeconds: LOOK_SECONDS,
    });
    if (page.length === 0) break;
    found.push(...page);
  }
  return found;
}

async function backlog({ kit }: SqsSetup, url: string): Promise<number> {
  const { client, sdk } = await kit();
  const command = new sdk.GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  try {
    return Number((await client.send(command)).Attributes?.ApproximateNumberOfMessages ?? 0);
  } catch (error) {
    throw toAppError(error);
  }
}

/** Messages on one pair of SQS queues for each pool; the queues' own policy makes dead letters. */
export function openSqsMessages(setup: SqsSetup): Messages {
  const live = (queue: string) => urlsOf(setup, queue).queueUrl;
  const dead = (queue: string) => urlsOf(setup, queue).dlqUrl;
  return {
    send: async (queue, body, options) => send(setup, live(queue), body, options?.delaySeconds),
    receive: async (queue, options) => receive(setup, live(queue), options),
    extend: async (queue, receipt, seconds) => hide(setup, live(queue), receipt, seconds),
    release: async (queue, receipt, seconds) => hide(setup, live(queue), receipt, seconds),
    remove: async (queue, receipt) => remove(setup, live(queue), receipt),
    deadLetters: async (queue, max) => deadLetters(setup, dead(queue), max),
    removeDeadLetter: async (queue, receipt) => remove(setup, dead(queue), receipt),
    backlog: async (queue) => backlog(setup, live(queue)),
  };
}
