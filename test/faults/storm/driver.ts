import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../support/app.ts';
import type { Reply, StormClient } from './client.ts';
import type { Wish } from './plan.ts';
import type { Scene } from './scene.ts';

/** What whoever submits a job knows of it. */
export interface Submission {
  readonly wish: Wish;
  readonly scene: Scene;
  readonly description: string;
  readonly dependsOn: readonly number[];
  /** `unknown`: there was no answer, or none that says whether it was done. */
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  readonly status: number | undefined;
  readonly id?: number;
  readonly text?: string;
}

/** A cancel, and when its answer was there. */
export interface Cancel {
  readonly job: number;
  readonly outcome: 'cancelled' | 'too late';
  readonly at: number;
}

export interface Driven {
  readonly submissions: readonly Submission[];
  readonly cancels: readonly Cancel[];
  /** What was read right after a write and did not show it, in words. */
  readonly unread: readonly string[];
}

const AT_ONCE = 8;
/** So many earlier jobs are at hand to be depended on. */
const RECENT = 20;

export interface DriverOptions {
  readonly client: StormClient;
  readonly prefix: string;
  readonly wishes: readonly Wish[];
  /** Of jobs without and with a limit. */
  readonly scenes: readonly [Scene, Scene];
  /** Whether there is room for more. */
  readonly room: () => boolean;
  readonly pick: (count: number) => number;
}

const idOf = ({ status, body }: Answer): number | undefined => {
  if (status === 200) return body.id;
  // Done, but its answer was lost: the API tells what it made.
  if (status !== 409) return undefined;
  const changed = body?.detail?.changed as
    | { entity_type: string; resource_id: number }[]
    | undefined;
  return changed?.find(({ entity_type }) => entity_type === 'job')?.resource_id;
};

/** A refusal is certain; no answer, or one of a server in trouble, is not. */
function outcomeOf(reply: Reply): Pick<Submission, 'outcome' | 'status' | 'id' | 'text'> {
  if (reply === undefined) return { outcome: 'unknown', status: undefined };
  const { status, text } = reply;
  const id = idOf(reply);
  if (id !== undefined) return { outcome: 'accepted', status, id };
  return { outcome: status < 500 ? 'refused' : 'unknown', status, text };
}

function bodyOf(wish: Wish, scene: Scene, description: string, dependsOn: readonly number[]) {
  const { lines, seconds, codes, retry, queueTimeout, timeout } = wish;
  const values = { lines: String(lines), seconds: String(seconds), codes: codes.join() };
  return {
    description,
    queue: scene.queues[wish.queue],
    entrypoint: scene.entrypoint,
    values: wish.broken ? { ...values, unheard_of: '1' } : values,
    ...(retry === undefined ? {} : { retry: { ...retry, backoffSeconds: 0.5 } }),
    ...(queueTimeout === undefined ? {} : { queueTimeout }),
    ...(timeout === undefined ? {} : { timeout }),
    dependsOn,
  };
}

interface Records {
  readonly submissions: Submission[];
  readonly cancels: Cancel[];
  readonly unread: string[];
  /** Cancels that are under way. */
  readonly later: Promise<void>[];
  readonly recent: Map<Scene, readonly number[]>;
}

async function cancelLater(
  { client }: DriverOptions,
  { cancels, unread }: Records,
  job: number,
  afterMs: number,
): Promise<void> {
  await sleep(afterMs);
  const { status } = await client.call('POST', `/api/v1/jobs/${job}/cancel`);
  if (status !== 200 && status !== 409) unread.push(`the cancel of ${job} got ${status}`);
  cancels.push({ job, outcome: status === 200 ? 'cancelled' : 'too late', at: Date.now() });
  if (status !== 200) return;
  const shown = await client.get(`/api/v1/jobs/${job}`);
  const isShown = /cancel/.test(shown.reason ?? '');
  if (!isShown) unread.push(`job ${job} is ${shown.status} (${shown.reason}) after its cancel`);
}

function chooseDependencies(
  { pick }: DriverOptions,
  { dependencies }: Wish,
  recent: readonly number[],
) {
  const chosen = Array.from({ length: dependencies }, () => recent[pick(recent.length)]);
  return [...new Set(chosen.filter((id) => id !== undefined))];
}

async function submit(options: DriverOptions, records: Records, wish: Wish): Promise<void> {
  const { client, prefix, scenes } = options;
  const { submissions, unread, later, recent } = records;
  const scene = scenes[wish.limited ? 1 : 0];
  const description = `${prefix}-${wish.number}`;
  const dependsOn = chooseDependencies(options, wish, recent.get(scene) ?? []);
  const path = `/api/v1/experiments/${scene.experiment}/jobs`;
  const body = bodyOf(wish, scene, description, dependsOn);
  const reply = wish.once
    ? await client.once('POST', path, body)
    : await client.call('POST', path, body, description);
  const outcome = outcomeOf(reply);
  submissions.push({ wish, scene, description, dependsOn, ...outcome });
  const { id } = outcome;
  if (id === undefined) return;
  recent.set(scene, [...(recent.get(scene) ?? []), id].slice(-RECENT));
  if (wish.cancelAfterMs !== undefined) {
    later.push(cancelLater(options, records, id, wish.cancelAfterMs));
  }
  const shown = await client.get(`/api/v1/jobs/${id}`);
  if (shown.description !== description) unread.push(`job ${id} is not as it was submitted`);
}

/** Submits all jobs, some at a time, and cancels those that are to be cancelled. */
export async function drive(options: DriverOptions): Promise<Driven> {
  const records: Records = {
    ...{ submissions: [], cancels: [], unread: [], later: [] },
    recent: new Map(),
  };
  const queue = [...options.wishes];
  const lane = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      while (!options.room()) await sleep(100);
      await submit(options, records, next);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await Promise.all(records.later);
  const { submissions, cancels, unread } = records;
  return { submissions, cancels, unread };
}
