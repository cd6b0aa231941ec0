import { bodyChunks } from '#http/body.ts';

export interface UnreadLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
  /** How long a client may send nothing. */
  readonly silenceMs: number;
}

/** MLflow sends files of up to 500 MiB in one request, which only a redirect answers. */
const LIMITS: UnreadLimits = { maxBytes: 512 * 1024 * 1024, maxMs: 30_000, silenceMs: 2_000 };

/**
 * Takes what an answer has left unread of a body, and throws it away. A socket that is closed, or
 * a client that is answered, while it still sends is reset, and most clients lose the answer with it.
 * Says whether nothing is left.
 */
export async function takeUnread(
  request: Request,
  { maxBytes, maxMs, silenceMs }: UnreadLimits = LIMITS,
): Promise<boolean> {
  const { body } = request;
  if (body === null) return true;
  if (body.locked) return false;
  const late = Promise.withResolvers<'late'>();
  const whole = setTimeout(() => late.resolve('late'), maxMs);
  const silence = setTimeout(() => late.resolve('late'), silenceMs);
  const chunks = bodyChunks(request)[Symbol.asyncIterator]();
  try {
    for (let taken = 0; taken <= maxBytes; ) {
      const next = await Promise.race([chunks.next(), late.promise]);
      if (next === 'late') return false;
      if (next.done === true) return true;
      taken += next.value.byteLength;
      silence.refresh();
    }
    return false;
  } catch {
    // The client has gone.
    return false;
  } finally {
    clearTimeout(whole);
    clearTimeout(silence);
  }
}
