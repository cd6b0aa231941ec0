import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExperiment } from '#domain/experiments/index.ts';
import {
  createUser,
  loadUser,
  MEMBER_FLAGS,
  newGroupWrites,
  OWNER_FLAGS,
} from '#domain/identity/index.ts';
import { type EmbeddedPlatform, embeddedPlatform } from '#embedded/context.ts';
import type { Actor, Context, GroupFlags, Membership, Platform } from '#kernel/context.ts';
import { type Meter, meterPorts } from '#kernel/meter.ts';
import { type MovableClock, movableClock } from '../../../support/clock.ts';

export const PASSWORD = 'correct horse battery staple';

export interface Workshop {
  readonly platform: EmbeddedPlatform;
  /** The same platform with counted ports. */
  readonly metered: Platform;
  readonly meter: Meter;
  readonly clock: MovableClock;
  /** Owns group 1. */
  readonly alice: Context;
  /** May read group 1. */
  readonly bob: Context;
  /** Owns group 2, and is not in group 1. */
  readonly carol: Context;
  /** In group 1. */
  readonly experimentId: number;
  /** The child of a job of alice. */
  readonly child: (job: { jobId: number; runId: string; attempt?: number }) => Context;
  readonly close: () => Promise<void>;
}

const settings = {
  registration: 'open',
  pools: [{ name: 'default', kind: 'managed' }],
  passwordLogN: 4,
  version: '0.0.0',
} as const;

/** A platform of SQLite in memory and blobs in a folder, with three users in two groups. */
export async function openWorkshop(
  options: { readonly baseUrl?: string; readonly clock?: MovableClock } = {},
): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-tracking-'));
  const clock = options.clock ?? movableClock();
  const platform = embeddedPlatform({
    folder,
    inMemory: true,
    baseUrl: options.baseUrl ?? 'http://127.0.0.1:1',
    secret: 'a secret of these tests only',
    settings,
    clock,
    log: { info: () => undefined, error: (event, fields) => console.error(event, fields) },
  });
  const { meter, ...ports } = meterPorts(platform);
  const metered: Platform = { ...platform, ...ports };
  const work: Promise<unknown>[] = [];
  const as = (actor: Actor): Context => ({
    ...metered,
    actor,
    defer: (job) => void work.push(job),
  });
  const people = await settle(platform, as({ kind: 'system' }));
  const alice = as(people.alice);
  const experiment = await createExperiment(alice, {
    name: 'digits',
    description: '',
    groupId: 1,
    entrypoints: [],
  });
  await Promise.all(work);
  return {
    platform,
    metered,
    meter,
    clock,
    alice,
    bob: as(people.bob),
    carol: as(people.carol),
    experimentId: experiment.id,
    child: ({ jobId, runId, attempt = 1 }) =>
      as({
        kind: 'job',
        jobId,
        attempt,
        runId,
        userId: people.alice.userId,
        username: 'alice',
        experimentId: experiment.id,
        memberships: people.alice.memberships,
      }),
    close: async () => {
      await Promise.all(work);
      platform.close();
      await rm(folder, { recursive: true });
    },
  };
}

const READER: GroupFlags = { ...MEMBER_FLAGS, write: false };

async function settle(platform: Platform, system: Context) {
  const join = async (username: string, id: number, flags: GroupFlags) => {
    const group = { id, name: `group-${id}` };
    const user = await createUser(system, {
      username,
      email: `${username}@example.test`,
      password: PASSWORD,
      joins: [{ ...group, flags }],
    });
    if (flags === OWNER_FLAGS) {
      await platform.table.transact(newGroupWrites(group, user, OWNER_FLAGS, platform.clock.now()));
    }
    const loaded = await loadUser(platform, user.id);
    const memberships: ReadonlyMap<number, Membership> = loaded?.memberships ?? new Map();
    return { kind: 'user', userId: user.id, username, memberships } as const;
  };
  return {
    alice: await join('alice', 1, OWNER_FLAGS),
    bob: await join('bob', 1, READER),
    carol: await join('carol', 2, OWNER_FLAGS),
  };
}

let experiments = 0;

/** The id of a further experiment of group 1. */
export async function newExperiment({ alice }: Pick<Workshop, 'alice'>): Promise<number> {
  experiments += 1;
  const name = `experiment ${experiments}`;
  const input = { name, description: '', groupId: 1, entrypoints: [] };
  return (await createExperiment(alice, input)).id;
}

export const sign = (less: boolean, more: boolean): number => (less ? -1 : more ? 1 : 0);

const zeroClass = (value: number): number =>
  Number.isNaN(value) ? 2 : Object.is(value, -0) ? 0 : 1;

/** How values of points come: NaN counts as 0 and comes behind it, -0 before it. */
export function byValue(a: number, b: number): number {
  const [left, right] = [a || 0, b || 0];
  return sign(left < right, left > right) || (left === 0 ? zeroClass(a) - zeroClass(b) : 0);
}
