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
} from '#kernel/idempotency.ts';
import type { Key, Write } from '#kernel/table.ts';
import { tagged, tagOf } from './entity-tag.ts';

/** A call that may be repeated under the key that its caller gave it. */
export interface RepeatableCall {
  /** The answer of the same call before this one. Throws where there was one without an answer, or another. */
  readonly answered: () => Promise<{ readonly value: unknown } | undefined>;
  /** Takes the key for this call, in the transaction of what it does. */
  readonly writes: (about: Pick<KeptCall, 'touched' | 'groupId'>) => readonly Write[];
  /** Keeps the answer for those who ask again. */
  readonly keep: (value: unknown) => Promise<void>;
  /** Notes that there will be no answer. */
  readonly fail: () => Promise<void>;
}

/** Whose key it is; nobody's keys could not be told from each other's. */
function principalOf({ actor }: Context): string | undefined {
  if (actor.kind === 'user') return `user ${actor.userId}`;
  if (actor.kind === 'job') return `job ${actor.jobId}`;
  return undefined;
}

function answerOf(value: unknown): KeptAnswer {
  if (value instanceof Response) return { noAnswer: 'not_json' };
  const answer = JSON.stringify(value);
  return Buffer.byteLength(answer) > MAX_KEPT_BYTES
    ? { noAnswer: 'too_large' }
    : { answer, tag: tagOf(value) };
}

/** What a header says of one call, and what the call asks for. */
export interface AskedFor extends Omit<CallKey, 'principal' | 'text'> {
  readonly inputHash: string | undefined;
  /** Its answer may hold a secret, so it is not kept. */
  readonly secret: boolean;
}

type KeptAnswer = Pick<KeptCall, 'answer' | 'tag' | 'noAnswer'>;

/** What was answered before; see {@link RepeatableCall.answered}. */
async function answered(ctx: Context, at: Key, inputHash: string | undefined) {
  const item = await ctx.table.get(at);
  const kept = item === undefined ? undefined : readKeptCall(item);
  const now = ctx.clock.now();
  if (kept === undefined || kept.expiresOn <= now) return undefined;
  const { groupId, tag } = kept;
  if (groupId !== undefined) {
    requirePermission(ctx, 'read', { groupId, entity: 'group', lookup: { group_id: groupId } });
  }
  requireAnswer(kept, inputHash, now);
  const value = JSON.parse(kept.answer ?? 'null');
  return { value: tag === undefined ? value : tagged(value, tag) };
}

/** The call that a key in this header stands for; none without a header, or where nobody is signed in. Throws `invalid`. */
export function repeatableCall(
  ctx: Context,
  header: string,
  headers: Headers,
  { inputHash, secret, ...place }: AskedFor,
): RepeatableCall | undefined {
  const given = headers.get(header);
  if (given === null) return undefined;
  const text = requireCallKey(header, given);
  const principal = principalOf(ctx);
  if (principal === undefined) return undefined;
  const at = keptCallKey({ ...place, principal, text });
  const call = ctx.ids.hex32();
  const note = async (answer: KeptAnswer): Promise<void> => {
    if (secret) return;
    await ctx.table.write(keepAnswerWrite(at, call, answer)).catch((error: unknown) =>
      // What was done is done: whoever asks again is told so without an answer.
      ctx.log.error('answer_not_kept', { message: String(error) }),
    );
  };
  return {
    answered: () => answered(ctx, at, inputHash),
    writes(about) {
      const startedOn = ctx.clock.now();
      const expiresOn = startedOn + KEY_LIFE_MS;
      const noAnswer = secret ? 'secret' : undefined;
      return [keepCallWrite(at, { ...about, call, startedOn, expiresOn, inputHash, noAnswer })];
    },
    keep: async (value) => note(answerOf(value)),
    fail: () => note({ noAnswer: 'failed' }),
  };
}
