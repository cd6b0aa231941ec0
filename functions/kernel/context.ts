import type { Background } from './background.ts';
import type { Blobs } from './blobs.ts';
import type { Cache } from './cache.ts';
import type { Clock } from './clock.ts';
import { AppError, type ErrorDetail, forbidden, notFound } from './errors.ts';
import type { Precondition } from './etag.ts';
import type { Ids } from './ids.ts';
import type { Messages } from './messages.ts';
import type { Repositories } from './repositories.ts';
import type { Table } from './table.ts';
import type { Trail } from './trail.ts';
import type { Warehouse } from './warehouse.ts';

/** What a member may do in a group. */
export interface GroupFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly shareRead: boolean;
  readonly shareWrite: boolean;
  readonly owner: boolean;
  readonly admin: boolean;
}

export interface Membership {
  readonly groupId: number;
  readonly groupName: string;
  readonly flags: GroupFlags;
}

/** `<object>:read`, `<object>:write` or `*`; a token without scopes may do what its user may. */
export type Scope = string;

/** Who acts. Only `system` passes every permission; it never comes from a request. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'user';
      readonly userId: number;
      readonly username: string;
      readonly memberships: ReadonlyMap<number, Membership>;
      readonly scopes?: readonly Scope[];
      /** The personal token that was shown. */
      readonly tokenId?: string;
      /** An account that machines use: it belongs to its group, which made it. */
      readonly service?: true;
    }
  | {
      /** The child process of one attempt: reads its group, writes what belongs to its job. */
      readonly kind: 'job';
      readonly jobId: number;
      readonly attempt: number;
      readonly userId: number;
      readonly username: string;
      readonly experimentId: number;
      readonly runId: string;
      readonly memberships: ReadonlyMap<number, Membership>;
    }
  | { readonly kind: 'worker'; readonly pool: string; readonly tokenHash: string }
  | { readonly kind: 'system' };

/** A Fargate pool or local worker group that runs the jobs of the queues that map to it. */
export interface Pool {
  readonly name: string;
  /** `external` pools are never sent messages: their workers ask by themselves. */
  readonly kind: 'managed' | 'external';
  /** Of the machine that one of its jobs has, at list prices; unknown where it is somebody's own. */
  readonly usdPerHour?: number;
}

/** Seconds of a lease, and between two signs of life that renew it. */
export interface LeaseTimes {
  readonly seconds: number;
  readonly heartbeatSeconds: number;
}

export interface Settings {
  /**
   * Who may make an account by themselves: anybody, whoever an administrator has invited, or nobody.
   */
  readonly registration: 'open' | 'invite' | 'closed';
  readonly pools: readonly Pool[];
  /** Of the files of groups, at list prices; unknown where the store is somebody's own. */
  readonly usdPerGbMonth?: number;
  /** Hosts whose git repositories may be imported; none when missing. */
  readonly gitHosts?: readonly string[];
  /** Scrypt's cost as log2(N); 17 everywhere but in tests. */
  readonly passwordLogN: number;
  readonly version: string;
  /** How long a worker holds a job without a sign of life, and how often it gives one. */
  readonly lease?: LeaseTimes;
  /**
   * Where an open call costs: workers that ask for jobs get their answer at once, and ask again
   * after so long at most. Without it their calls wait for a job.
   */
  readonly pollSeconds?: number;
  /** Largest request body in bytes that reaches the API; undefined where nothing limits it. */
  readonly maxBodyBytes?: number;
}

/** A line of the structured log. Never pass secrets, bodies or signed URLs. */
export interface Logger {
  info(event: string, fields?: ErrorDetail): void;
  error(event: string, fields?: ErrorDetail): void;
}

/** What a verb works with: `(ctx, input) => result`. */
export interface Context {
  readonly actor: Actor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly table: Table;
  readonly blobs: Blobs;
  readonly messages: Messages;
  readonly background: Background;
  readonly repositories: Repositories;
  /** Where questions to events are answered; functions that ask none have none. */
  readonly warehouse?: Warehouse;
  readonly cache: Cache;
  readonly settings: Settings;
  readonly log: Logger;
  /** Work that the caller need not wait for; the entry ends only after it. */
  readonly defer: (work: Promise<unknown>) => void;
  /** What the caller expects of the version that is about to be changed. */
  readonly ifMatch?: Precondition;
  /** Where the record of the call learns what it changes. */
  readonly trail?: Trail;
  /** The group that the call confines itself to: all others are as if the actor were not in them. */
  readonly within?: number;
}

/** Everything of a context but what belongs to one call. */
export type Platform = Omit<Context, 'actor' | 'defer' | 'ifMatch' | 'trail' | 'within'>;

/** `manage`: to say who is in the group, for those with the flag `owner` or `admin`. */
export type Permission = 'read' | 'write' | 'manage';

export const managesGroup = (flags: GroupFlags): boolean => flags.owner || flags.admin;

/** What a permission is asked for: a group, and how the thing in it is named when it must not be seen. */
export interface Target {
  readonly groupId: number;
  readonly entity: string;
  readonly lookup: ErrorDetail;
  /** The job that the thing belongs to: its own child may write it. */
  readonly jobId?: number;
}

/**
 * Throws unless the actor has the permission in the target's group: `unauthenticated` for
 * nobody, `not_found` (as if the thing did not exist) for those who may not read the group,
 * `forbidden` for those who may read but not do this.
 */
export function requirePermission(ctx: Context, permission: Permission, target: Target): void {
  const { actor } = ctx;
  if (actor.kind === 'system') return;
  if (actor.kind === 'anonymous') {
    throw new AppError('unauthenticated', 'This call needs a signed-in user.');
  }
  const flags = actor.kind === 'worker' ? undefined : actor.memberships.get(target.groupId)?.flags;
  if (flags?.read !== true) throw notFound(target.entity, target.lookup);
  if (permission === 'read') return;
  if (actor.kind === 'job') {
    if (permission !== 'write' || target.jobId !== actor.jobId) {
      throw forbidden('A job may write only what belongs to it.');
    }
  } else if (!(permission === 'manage' ? managesGroup(flags) : flags.write)) {
    const wanted = permission === 'manage' ? '"owner" or "admin"' : '"write"';
    throw forbidden(`This needs the permission ${wanted} in the group.`);
  }
  ctx.trail?.touches(target);
}

/** The same for what belongs to no group: the actor is the user itself or the system. */
export function requireUser(ctx: Context): Extract<Actor, { kind: 'user' }> {
  if (ctx.actor.kind === 'anonymous') {
    throw new AppError('unauthenticated', 'This call needs a signed-in user.');
  }
  if (ctx.actor.kind !== 'user') throw forbidden('Only users may do this.');
  return ctx.actor;
}

/** The same, and no service account: for what an account does with itself. */
export function requirePerson(ctx: Context): Extract<Actor, { kind: 'user' }> {
  const user = requireUser(ctx);
  if (user.service === true) {
    throw forbidden('Only people may do this; this is a service account.', 'service_account');
  }
  return user;
}

/** For verbs of the platform's own loops (sweeper, launcher, first start). */
export function requireSystem(ctx: Context): void {
  if (ctx.actor.kind !== 'system') throw forbidden('Only the system may do this.');
}

/** For the worker protocol: the actor is a worker of this pool. */
export function requireWorker(ctx: Context, pool?: string): Extract<Actor, { kind: 'worker' }> {
  if (ctx.actor.kind === 'anonymous') {
    throw new AppError('unauthenticated', 'This call needs a worker token.');
  }
  if (ctx.actor.kind !== 'worker' || (pool !== undefined && ctx.actor.pool !== pool)) {
    throw forbidden('This needs a worker token of the pool.');
  }
  return ctx.actor;
}

/** What people read of who acts. */
export const actorName = ({ actor }: Context): string =>
  'username' in actor ? actor.username : actor.kind;

/** The same request acting as the platform itself: for what a verb needs beyond its caller's rights. */
export const asSystem = (ctx: Context): Context => ({ ...ctx, actor: { kind: 'system' } });

/** Ids of the groups that the actor may read. */
export function readableGroups(ctx: Context): readonly number[] {
  if (ctx.actor.kind !== 'user' && ctx.actor.kind !== 'job') return [];
  return [...ctx.actor.memberships.values()]
    .filter((membership) => membership.flags.read)
    .map((membership) => membership.groupId);
}

/** The same request within one of the actor's groups; in any other it finds nothing. */
export function withinGroup(ctx: Context, groupId: number): Context {
  const { actor } = ctx;
  if (!('memberships' in actor)) return ctx;
  const own = actor.memberships.get(groupId);
  const memberships = new Map(own === undefined ? [] : [[groupId, own]]);
  return { ...ctx, actor: { ...actor, memberships }, within: groupId };
}
