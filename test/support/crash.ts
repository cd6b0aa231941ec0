import type { Context } from '#kernel/context.ts';

/** Where a process ends: at this call of a store, before or after it was done. */
export interface CrashPoint {
  /** From 1. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

export interface Crashing {
  readonly ctx: Context;
  /** Whether it came so far. */
  readonly crashed: () => boolean;
}

type Port = { readonly [name: string]: unknown };

/**
 * The same context in a process that is killed at a point: from then on none of its calls is done, and none is
 * answered with anything but an error.
 */
export function crashing(ctx: Context, { call, when }: CrashPoint): Crashing {
  let calls = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('The process was killed.');
  };
  const mortal = <P extends object>(port: P): P => {
    const methods = Object.entries(port as Port).map(([name, method]) => [
      name,
      typeof method !== 'function'
        ? method
        : async (...given: readonly unknown[]) => {
            if (dead) die();
            calls += 1;
            if (calls === call && when === 'before') die();
            const isLast = calls === call;
            const answer: unknown = await method(...given);
            if (dead || isLast) die();
            return answer;
          },
    ]);
    return Object.fromEntries(methods) as P;
  };
  return {
    ctx: {
      ...ctx,
      table: mortal(ctx.table),
      blobs: mortal(ctx.blobs),
      messages: mortal(ctx.messages),
    },
    crashed: () => dead,
  };
}

/** A test at every point where a process may end; `run` tells whether it came so far. */
export async function atEachPoint(run: (point: CrashPoint) => Promise<boolean>): Promise<number> {
  for (let call = 1; ; call += 1) {
    const reached = await run({ call, when: 'before' });
    if (!reached) return call - 1;
    await run({ call, when: 'after' });
  }
}
