import type { Actor, Context } from '#kernel/context.ts';
import { parsePrecondition } from '#kernel/entity-tags.ts';
import { unavailable } from '#kernel/errors.ts';
import type { Precondition } from '#kernel/etag.ts';
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
import { type AskedFor, type RepeatableCall, repeatableCall } from './kept-call.ts';
import { requestIdOf } from './request-id.ts';
import type { Route } from './route.ts';

/** How a dialect guards the calls that change something. */
export interface ChangeRules {
  /** The header in which callers name a POST, so that repeating it does nothing twice. */
  readonly keyHeader: string;
}

/** Things that a record names; a call that changes more is told by the first. */
const MAX_TOUCHED = 20;
const MAX_PATH = 300;

/** What is known of the things that a call changes. */
interface Notes extends Trail {
  readonly touched: () => readonly Touched[];
  readonly groupId: () => number | undefined;
  /** Looks at what is about to be written for what is new. */
  readonly look: (writes: readonly Write[]) => void;
}

function newNotes(): Notes {
  const touched = new Map<string, Touched>();
  let written: number | undefined;
  const touches = ({ entity, lookup, groupId }: Touched): void => {
    const id = JSON.stringify([entity, lookup]);
    const shown = { entity, lookup, ...(groupId === undefined ? {} : { groupId }) };
    if (touched.size < MAX_TOUCHED) touched.set(id, shown);
  };
  return {
    touches,
    touched: () => [...touched.values()],
    groupId: () =>
      [...touched.values()].find(({ groupId }) => groupId !== undefined)?.groupId ?? written,
    look(writes) {
      for (const write of writes) {
        if (write.kind !== 'put') continue;
        const { id, type, groupId } = write.item;
        if (typeof groupId === 'number') written ??= groupId;
        const isNew = write.if?.kind === 'missing' && typeof id === 'number';
        if (isNew && typeof type === 'string')
          touches({ entity: type, lookup: { resource_id: id } });
      }
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

const pathOf = (request: Request): string => new URL(request.url).pathname.replace(/\/+$/, '');

/** The record of a call, which is made once however often its transaction is tried. */
function recordOf(
  ctx: Context,
  route: Route,
  request: Request,
  { path, inputHash }: Pick<AskedFor, 'path' | 'inputHash'>,
): (notes: Notes) => Item {
  const id = ctx.ids.hex32().slice(0, 16);
  return (notes) =>
    auditItem(
      {
        on: ctx.clock.now(),
        actor: actorOf(ctx.actor),
        operation: route.operationId,
        method: route.method,
        path: path.slice(0, MAX_PATH),
        requestId: requestIdOf(request),
        inputHash,
        touched: notes.touched(),
        groupId: notes.groupId(),
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
    // It may have been refused because the same call, made at once, has done it.
    const meanwhile = await kept?.answered();
    if (meanwhile === undefined) throw error;
    return meanwhile.value;
  } finally {
    table.close();
  }
}

/**
 * Handles a call that may change something. In the transaction of its first change are the record of
 * who made it and, where the caller gave the call a key, what makes repeating it harmless; without a
 * change there is neither. Only then is a version that the caller expects the one that is changed.
 */
export async function handleChange(
  { keyHeader }: ChangeRules,
  route: Route,
  input: Call,
  request: Request,
): Promise<unknown> {
  const { ctx } = input;
  const secret = route.secret === true;
  const inputHash = secret ? undefined : inputHashOf(input);
  const ifMatch = preconditionOf(request);
  const asked = { operation: route.operationId, path: pathOf(request), inputHash, secret };
  const kept =
    route.method === 'POST' ? repeatableCall(ctx, keyHeader, request.headers, asked) : undefined;
  const before = await kept?.answered();
  if (before !== undefined) return before.value;
  const notes = newNotes();
  const record = recordOf(ctx, route, request, asked);
  const table = callTable(ctx.table, {
    writes(change) {
      ifMatch?.requireHeld();
      notes.look(change);
      return [
        ...(route.untraced === true ? [] : [put(record(notes), itemMissing)]),
        ...(kept?.writes({ touched: notes.touched(), groupId: notes.groupId() }) ?? []),
      ];
    },
    refused: () => unavailable('The same call came between; try again.'),
  });
  const own = { ...ctx, table, trail: notes, ...(ifMatch === undefined ? {} : { ifMatch }) };
  return answerOnce(table, kept, () => route.handle({ ...input, ctx: own } as never));
}
