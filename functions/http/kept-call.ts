import { type Context, requirePermission } from '#kernel/context.ts';
import {
  type CallKey,
  KEY_LIFE_MS,
  type KeptCall,
  keepAnswerWrite,
  keepCallWrite,
  keptCallKey,
  MAX_KEPT_BYTES,
  readKeptCall,
  requireAnswer,
  requireCallKey,
  requireSameInput,
} from '#kernel/idempotency.ts';
import { compare, type Key, remove, type Write } from '#kernel/table.ts';
import { tagged, tagOf } from './entity-tag.ts';

/** A call that may be repeated under the key that its caller gave it. */
export interface RepeatableCall {
  /** The answer of the same call before this one. Throws where there was one without an answer, or another. */
  readonly answered: () => Promise<{ readonly value: unknown } | undefined>;
  /** Takes the key for this call, in the transaction of what it does. */
  readonly writes: (about: Pick<KeptCall, 'touched' | 'groupId'>) => readonly Write[];
  /**
   * Does what may be done twice, unless it is answered already. The key is taken before, so that it
   * stands for this input alone, and given back where the call fails.
   */
  readonly repeat: (
    handle: () => Promise<unknown>,
    groupId: () => number | undefined,
  ) => Promise<unknown>;
  /** Keeps the answer for those who ask again. */
  readonly keep: (value: unknown) => Promise<void>;
  /** Notes that there will be no answer, if the call was done; `undefined` where nobody can say whether it was. */
  readonly fail: () => Promise<boolean | undefined>;
}

/** Whose key it is; nobody's keys could not be told from each other's. */
function principalOf({ actor }: Context): string | undefined {
  if (actor.kind === 'user') return `user ${actor.userId}`;
  if (actor.kind === 'job') return `job ${actor.jobId}`;
  return undefined;
}

function answerOf(json: KeptJson, value: unknown): KeptAnswer {
  if (value instanceof Response) return { noAnswer: 'not_json' };
  const answer = json.write(value);
  return Buffer.byteLength(answer) > MAX_KEPT_BYTES
    ? { noAnswer: 'too_large' }
    : { answer, tag: tagOf(value) };
}

/** How answers are kept: as the text that a dialect sends. */
export interface KeptJson {
  readonly write: (value: unknown) => string;
  /** What the dialect sends as the same text. */
  readonly read: (text: string) => object;
}

/** An answer that was given before, and what to. */
interface GivenAnswer {
  readonly operation: string;
  readonly answer: string;
  readonly tag?: string | undefined;
}

/** Throws where what a call made is not as its answer says any more. */
export type RequireCurrent = (ctx: Context, given: GivenAnswer) => Promise<void>;

/** What a header says of one call, and what the call asks for. */
export interface AskedFor extends Omit<CallKey, 'principal' | 'text'> {
  readonly inputHash: string | undefined;
  /** Its answer may hold a secret, so it is not kept. */
  readonly secret: boolean;
  readonly json: KeptJson;
  readonly requireCurrent?: RequireCurrent | undefined;
}

type KeptAnswer = Pick<KeptCall, 'answer' | 'tag' | 'noAnswer' | 'groupId'>;

function requireReadable(ctx: Context, { groupId }: KeptCall): void {
  if (groupId === undefined) return;
  requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
}

function keptValue(json: KeptJson, { answer = 'null', tag }: KeptCall): unknown {
  const value = json.read(answer);
  return tag === undefined ? value : tagged(value, tag);
}

/** What was answered before; see {@link RepeatableCall.answered}. */
async function answered(ctx: Context, at: Key, asked: AskedFor) {
  const item = await ctx.table.get(at);
  const kept = item === undefined ? undefined : readKeptCall(item);
  const now = ctx.clock.now();
  if (kept === undefined || kept.expiresOn <= now) return undefined;
  requireReadable(ctx, kept);
  requireAnswer(kept, asked.inputHash, now);
  const { answer = 'null', tag } = kept;
  await asked.requireCurrent?.(ctx, { operation: asked.operation, answer, tag });
  return { value: keptValue(asked.json, kept) };
}

/** Takes a key for what may be done twice; see {@link RepeatableCall.repeat}. */
async function takeKey(ctx: Context, take: Write, { inputHash }: AskedFor) {
  const outcome = await ctx.table.write(take);
  if (outcome.ok) return undefined;
  // Gone since it was refused: whoever had it failed.
  const kept = outcome.item === undefined ? undefined : readKeptCall(outcome.item);
  if (kept === undefined) return undefined;
  requireReadable(ctx, kept);
  requireSameInput(kept, inputHash);
  return kept;
}

/** The call that a key in this header stands for; none without a header, or where nobody is signed in. Throws `invalid`. */
export function repeatableCall(
  ctx: Context,
  header: string,
  headers: Headers,
  asked: AskedFor,
): RepeatableCall | undefined {
  const given = headers.get(header);
  if (given === null) return undefined;
  const text = requireCallKey(header, given);
  const principal = principalOf(ctx);
  if (principal === undefined) return undefined;
  const { inputHash, secret, json } = asked;
  const at = keptCallKey({ operation: asked.operation, path: asked.path, principal, text });
  const call = ctx.ids.hex32();
  const quietly = async (write: Write): Promise<boolean | undefined> => {
    try {
      return (await ctx.table.write(write)).ok;
    } catch (error) {
      // What was done is done: whoever asks again is told so without an answer.
      ctx.log.error('answer_not_kept', { message: String(error) });
      return undefined;
    }
  };
  const note = async (answer: KeptAnswer, of = call): Promise<void> => {
    if (!secret) await quietly(keepAnswerWrite(at, of, answer));
  };
  const giveBack = () => quietly(remove(at, compare('call', '=', call)));
  const taking = (about: Pick<KeptCall, 'touched' | 'groupId'>): Write => {
    const startedOn = ctx.clock.now();
    const expiresOn = startedOn + KEY_LIFE_MS;
    const noAnswer = secret ? 'secret' : undefined;
    return keepCallWrite(at, { ...about, call, startedOn, expiresOn, inputHash, noAnswer });
  };
  return {
    answered: () => answered(ctx, at, asked),
    writes: (about) => [taking(about)],
    async repeat(handle, groupId) {
      const kept = await takeKey(ctx, taking({ touched: [] }), asked);
      if (kept?.answer !== undefined) return keptValue(json, kept);
      try {
        const value = await handle();
        await note({ ...answerOf(json, value), groupId: groupId() }, kept?.call);
        return value;
      } catch (error) {
        // Whoever had it before is still at it, or will be asked again.
        if (kept === undefined) await giveBack();
        throw error;
      }
    },
    keep: async (value) => note(answerOf(json, value)),
    fail: () => quietly(keepAnswerWrite(at, call, { noAnswer: secret ? 'secret' : 'failed' })),
  };
}
