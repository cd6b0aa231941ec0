import type { Actor, Context } from '#kernel/context.ts';
import { parsePrecondition } from '#kernel/entity-tags.ts';
import { AppError, isUndecided } from '#kernel/errors.ts';
import type { Precondition } from '#kernel/etag.ts';
import { prefix } from '#kernel/keys.ts';
import { withoutEndSlashes } from '#kernel/strings.ts';
import type { Item, Write } from '#kernel/table.ts';
import { itemMissing, put } from '#kernel/table.ts';
import {
  type AuditRecord,
  auditItem,
  inputHashOf,
  type Touched,
  type Trail,
} from '#kernel/trail.ts';
import { type CallTable, callTable } from './call-table.ts';
import {
  type AskedFor,
  type KeptJson,
  type RepeatableCall,
  type RequireCurrent,
  repeatableCall,
} from './kept-call.ts';
import { requestIdOf } from './request-id.ts';
import type { Route } from './route.ts';

/** How a dialect guards the calls that change something. */
export interface ChangeRules {
  /** The header in which callers name a POST, so that repeating it does nothing twice. */
  readonly keyHeader: string;
  /** How its answers are kept, where its JSON is not everybody's. */
  readonly json?: KeptJson;
  /** Throws where the answer to a call of before must not be given again. */
  readonly requireCurrent?: RequireCurrent;
  /** What the record of a call keeps of its headers. */
  readonly stated?: (request: Request) => AuditRecord['stated'];
}

const plainJson: KeptJson = { write: (value) => JSON.stringify(value), read: JSON.parse };

/** Things that a record names; a call that changes more is told by the first. */
const MAX_TOUCHED = 20;
const MAX_PATH = 300;

/** The things that a change is about. */
type About = Pick<AuditRecord, 'touched' | 'groupId'>;

interface Notes extends Trail {
  /** With what the change, about to be written, makes. */
  readonly about: (change: readonly Write[]) => About;
}

const nameOf = ({ entity, lookup }: Touched): string => JSON.stringify([entity, lookup]);

/** The resources that a change makes; drafts of them have numbers of their own. */
const madeBy = (change: readonly Write[]): readonly Touched[] =>
  change.flatMap((write) => {
    if (write.kind !== 'put' || write.if?.kind !== 'missing') return [];
    const { pk, id, type } = write.item;
    const isResource = pk === `${prefix.resource}#${id}` && typeof type === 'string';
    return isResource ? [{ entity: type, lookup: { resource_id: id } }] : [];
  });

const groupOf = (change: readonly Write[]): number | undefined => {
  const groups = change.map((write) => (write.kind === 'put' ? write.item.groupId : undefined));
  return groups.find((groupId) => typeof groupId === 'number') as number | undefined;
};

function newNotes(): Notes {
  const noted = new Map<string, Touched>();
  return {
    touches({ entity, lookup, groupId }) {
      const shown = { entity, lookup, ...(groupId === undefined ? {} : { groupId }) };
      if (noted.size < MAX_TOUCHED) noted.set(nameOf(shown), shown);
    },
    mark() {
      const before = [...noted];
      return () => {
        noted.clear();
        for (const [name, each] of before) noted.set(name, each);
      };
    },
    about(change) {
      const made = madeBy(change).filter((each) => !noted.has(nameOf(each)));
      const all = [...noted.values(), ...made];
      const named = all.find(({ groupId }) => groupId !== undefined)?.groupId;
      return { touched: all.slice(0, MAX_TOUCHED), groupId: named ?? groupOf(change) };
    },
  };
}

function actorOf(actor: Actor): AuditRecord['actor'] {
  if (actor.kind === 'user') {
    const { kind, userId, username, tokenId } = actor;
    return { kind, userId, name: username, tokenId };
  }
  if (actor.kind === 'job') {
    const { kind, userId, username, jobId } = actor;
    return { kind, userId, name: username, jobId };
  }
  return { kind: actor.kind };
}

const pathOf = (request: Request): string => withoutEndSlashes(new URL(request.url).pathname);

/** The record of a call, which is made once however often its transaction is tried. */
function recordOf(
  ctx: Context,
  route: Route,
  request: Request,
  { path, inputHash }: Pick<AskedFor, 'path' | 'inputHash'>,
  stated: AuditRecord['stated'],
): (about: About) => Item {
  const id = ctx.ids.hex32().slice(0, 16);
  return (about) =>
    auditItem(
      {
        on: ctx.clock.now(),
        actor: actorOf(ctx.actor),
        operation: route.operationId,
        method: route.method,
        path: path.slice(0, MAX_PATH),
        requestId: requestIdOf(request),
        inputHash,
        stated,
        ...about,
      },
      id,
    );
}

interface Call {
  readonly ctx: Context;
  readonly query: unknown;
  readonly body: unknown;
}

/** What a POST makes is not there before. */
const preconditionOf = ({ headers, method }: Request): Precondition | undefined => {
  const value = headers.get('if-match');
  return value === null ? undefined : parsePrecondition(value, method !== 'POST');
};

/** Sees to it that the call is answered once and for all, if it may be repeated. */
async function answerOnce(
  table: CallTable,
  kept: RepeatableCall | undefined,
  handle: () => Promise<unknown>,
): Promise<unknown> {
  try {
    const value = await handle();
    if (table.isChanged()) await kept?.keep(value);
    return value;
  } catch (error) {
    if (table.isChanged()) {
      await kept?.fail();
      throw error;
    }
    // It may have been done, its answer lost: then nobody is at work on it whom a repeated call could wait for.
    if (isUndecided(error) && (await kept?.fail()) === undefined) throw error;
    // It may have been refused because the same call, made at once, has done it.
    const meanwhile = await kept?.answered();
    if (meanwhile === undefined) throw error;
    return meanwhile.value;
  } finally {
    table.close();
  }
}

/** What may be done twice is guarded by its key alone. */
async function handleRepeatable(
  route: Route,
  input: Call,
  kept: RepeatableCall | undefined,
): Promise<unknown> {
  const notes = newNotes();
  const own = { ...input, ctx: { ...input.ctx, trail: notes } };
  const handle = () => route.handle(own as never);
  return kept === undefined ? handle() : kept.repeat(handle, () => notes.about([]).groupId);
}

/**
 * Handles a call that may change something. In the transaction of its first change are the record of
 * who made it and, where the caller gave the call a key, what makes repeating it harmless; without a
 * change there is neither. Only then is a version that the caller expects the one that is changed.
 */
export async function handleChange(
  { keyHeader, json = plainJson, requireCurrent, stated }: ChangeRules,
  route: Route,
  input: Call,
  request: Request,
): Promise<unknown> {
  const { ctx } = input;
  const secret = route.secret === true;
  const inputHash = secret ? undefined : inputHashOf({ ...input, within: ctx.within });
  const ifMatch = preconditionOf(request);
  const asked = {
    operation: route.operationId,
    path: pathOf(request),
    inputHash,
    secret,
    json,
    requireCurrent,
  };
  const kept =
    route.method === 'POST' ? repeatableCall(ctx, keyHeader, request.headers, asked) : undefined;
  if (route.repeatable === true) {
    ifMatch?.requireHeld();
    return handleRepeatable(route, input, kept);
  }
  const before = await kept?.answered();
  if (before !== undefined) return before.value;
  const notes = newNotes();
  const record = recordOf(ctx, route, request, asked, stated?.(request));
  const table = callTable(ctx.table, {
    writes(change) {
      ifMatch?.requireHeld();
      const about = notes.about(change);
      return [
        ...(route.untraced === true ? [] : [put(record(about), itemMissing)]),
        ...(kept?.writes(about) ?? []),
      ];
    },
    refused: () =>
      new AppError('unavailable', 'The same call came between; try again.', {
        reason: 'call_repeated',
        retryAfter: 1,
      }),
  });
  const own = { ...ctx, table, trail: notes, ...(ifMatch === undefined ? {} : { ifMatch }) };
  return answerOnce(table, kept, () => route.handle({ ...input, ctx: own } as never));
}
