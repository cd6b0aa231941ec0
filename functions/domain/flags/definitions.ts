import {
  lookedAt,
  projectOfToken,
  readCollection,
  requireInProject,
  versionOf,
} from '#domain/projects/index.ts';
import type { Context, Platform } from '#kernel/context.ts';
import { type CompiledFlag, compileFlag } from './evaluate/compile-flag.ts';
import { FLAGS, type Flag } from './flag.items.ts';
import { type GroupTypes, groupTypesOf } from './group-types.ts';

/** All flags of a project that are not deleted, ready to be evaluated. */
export interface Definitions {
  readonly groupId: number;
  readonly flags: readonly Flag[];
  readonly byKey: ReadonlyMap<string, Flag>;
  readonly compiled: readonly CompiledFlag[];
  /** Types of groups by their index. */
  readonly groupTypeMapping: { readonly [index: string]: string };
  /** Whether any that is active asks for what a person got first. */
  readonly isSticky: boolean;
}

type Store = Pick<Platform, 'table' | 'cache' | 'clock' | 'log'>;

interface Held {
  readonly version: number;
  readonly definitions: Definitions;
  /** When they were last known to be what is stored; milliseconds. */
  readonly knownOn: number;
  /** About as many as it takes in memory. */
  readonly bytes: number;
}

/** For so long nobody looks whether anything changed. */
const FRESH_SECONDS = 10;
/** While the store fails, flags are what they were so long ago at most. */
const STALE_MS = 15 * 60_000;
/** And for so long it is not asked again. */
const PAUSE_SECONDS = 2;
/** What the cache of a process keeps of one project, whatever its size. */
const MAX_BYTES = 7 * 1024 * 1024;

const heldAt = (groupId: number): string => `flags:${groupId}`;
const lookingAt = (groupId: number): string => `flags-looking:${groupId}`;
const tokenAt = (token: string): string => `flags-token:${token}`;

function definitionsOf(groupId: number, rows: readonly Flag[], types: GroupTypes): Definitions {
  const flags = rows.filter(({ deleted }) => !deleted);
  return {
    groupId,
    flags,
    byKey: new Map(flags.map((flag) => [flag.key, flag])),
    compiled: flags.map(compileFlag),
    groupTypeMapping: Object.fromEntries(types.map((type, index) => [String(index), type])),
    isSticky: flags.some((flag) => flag.active && flag.ensureExperienceContinuity),
  };
}

async function read(store: Store, groupId: number): Promise<Held> {
  const [{ version, rows }, types] = await Promise.all([
    readCollection<Flag>(store, FLAGS, groupId),
    groupTypesOf(store, groupId),
  ]);
  const bytes = Math.min(4 * JSON.stringify(rows).length, MAX_BYTES);
  const definitions = definitionsOf(groupId, rows, types);
  return { version, definitions, knownOn: store.clock.now(), bytes };
}

/** Half a read unit where nothing changed. A copy that lags behind may tell an older version. */
async function look(store: Store, groupId: number, held: Held | undefined): Promise<Held> {
  if (held === undefined) return read(store, groupId);
  const version = await versionOf(store, FLAGS, groupId, { eventual: true });
  return version > held.version ? read(store, groupId) : { ...held, knownOn: store.clock.now() };
}

function keep({ cache }: Store, groupId: number, held: Held, seconds: number): Definitions {
  cache.set(heldAt(groupId), held, undefined, held.bytes);
  cache.set(lookedAt(FLAGS, groupId), true, seconds);
  return held.definitions;
}

async function refresh(store: Store, groupId: number): Promise<Definitions> {
  const held = store.cache.get<Held>(heldAt(groupId));
  try {
    return keep(store, groupId, await look(store, groupId, held), FRESH_SECONDS);
  } catch (error) {
    const ageMs = store.clock.now() - (held?.knownOn ?? 0);
    if (held === undefined || ageMs > STALE_MS) throw error;
    store.log.error('flags_stale', { groupId, ageMs, cause: String(error) });
    return keep(store, groupId, held, PAUSE_SECONDS);
  }
}

/**
 * The flags of a project as they were ten seconds ago at most, without a read within that time; while
 * the store fails, fifteen minutes ago. The token of the project is permission enough.
 */
async function readDefinitions(store: Store, groupId: number): Promise<Definitions> {
  const { cache } = store;
  const held = cache.get<Held>(heldAt(groupId));
  if (held !== undefined && cache.get(lookedAt(FLAGS, groupId))) return held.definitions;
  const looking = cache.get<Promise<Definitions>>(lookingAt(groupId));
  if (looking !== undefined) return looking;
  const mine = refresh(store, groupId).finally(() => cache.delete(lookingAt(groupId)));
  cache.set(lookingAt(groupId), mine);
  return mine;
}

/** The flags of the project whose public token this is; undefined where it is of none. */
export async function definitionsOfToken(
  store: Store,
  token: string,
): Promise<Definitions | undefined> {
  const groupId = await groupOfValidToken(store, token);
  return groupId === undefined ? undefined : readDefinitions(store, groupId);
}

/** A token that was good is good for a while where nobody can be asked. */
async function groupOfValidToken(store: Store, token: string): Promise<number | undefined> {
  try {
    const project = await projectOfToken(store, token);
    if (project === undefined) store.cache.delete(tokenAt(token));
    else store.cache.set(tokenAt(token), project.groupId, STALE_MS / 1000);
    return project?.groupId;
  } catch (error) {
    const known = store.cache.get<number>(tokenAt(token));
    if (known === undefined) throw error;
    store.log.error('flags_stale', { groupId: known, cause: String(error) });
    return known;
  }
}

/**
 * The flags of a project that the caller may read. Undefined where the public token that it names is not
 * that of the project. Throws `not_found`.
 */
export async function projectDefinitions(
  ctx: Context,
  { groupId, token }: { readonly groupId: number; readonly token?: string | undefined },
): Promise<Definitions | undefined> {
  requireInProject(ctx, 'read', FLAGS, { groupId });
  if (token !== undefined && (await groupOfValidToken(ctx, token)) !== groupId) return undefined;
  return readDefinitions(ctx, groupId);
}
