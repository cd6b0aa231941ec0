import { createWorkerToken } from '#domain/jobs/index.ts';
import { registerUser } from '#domain/onboarding/index.ts';
import type { Context, Platform } from '#kernel/context.ts';
import { AppError } from '#kernel/errors.ts';
import { deferring } from './deferred.ts';

/** What the operator of a deployment does by holding its store, not by signing in. */
export interface Admin {
  /** The platform acting for itself. */
  readonly system: Context;
  /** Makes the first user; `undefined` when the name is taken, which is so from the second start on. */
  createFirstUser(username: string): Promise<{ readonly password: string } | undefined>;
  /** A token for workers of a pool. */
  createWorkerToken(pool: string, seconds: number): Promise<string>;
}

export function adminOf(platform: Platform): Admin {
  const { defer } = deferring(platform.log);
  const system: Context = { ...platform, actor: { kind: 'system' }, defer };
  return {
    system,
    async createFirstUser(username) {
      const password = system.ids.secret(18);
      try {
        await registerUser(system, { username, email: `${username}@localhost`, password });
        return { password };
      } catch (error) {
        if (error instanceof AppError && error.code === 'conflict') return undefined;
        throw error;
      }
    },
    createWorkerToken: (pool, seconds) => createWorkerToken(system, { pool, seconds }),
  };
}
