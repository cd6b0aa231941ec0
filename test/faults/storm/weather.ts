import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Counts } from './faulty-ports.ts';
import type { ApiProcess, Fleet } from './fleet.ts';
import type { StormPlan } from './plan.ts';

export interface Weather {
  /** What it has done, e.g. `SIGKILL worker`. */
  readonly counts: Counts;
  /** Ends when nothing is left that it started. */
  stop(): Promise<void>;
}

const SIGNALS = ['SIGKILL', 'SIGKILL', 'SIGSTOP', 'SIGTERM'] as const;
const API_FROZEN_MS = 1_500;

async function freeze(api: ApiProcess | undefined, ms: number): Promise<void> {
  api?.signal('SIGSTOP');
  await sleep(ms);
  api?.signal('SIGCONT');
}

/** Sends signals to workers and to processes of the API until it is stopped. */
export function startWeather(
  plan: StormPlan,
  dice: Dice,
  { fleet, apis }: { readonly fleet: Fleet; readonly apis: readonly ApiProcess[] },
): Weather {
  const counts: Counts = {};
  const stopped = new AbortController();
  const count = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const rest = async (ms: number): Promise<boolean> => {
    await sleep(ms, undefined, { signal: stopped.signal }).catch(() => undefined);
    return !stopped.signal.aborted;
  };
  const workers = async (): Promise<void> => {
    while (await rest(dice.between(plan.signalMs / 2, plan.signalMs * 1.5))) {
      const signal = dice.pick(SIGNALS);
      count(`${signal} of a worker`);
      const thawMs = plan.lease.seconds * 1000 * (0.3 + 1.7 * dice.fraction());
      fleet.signal(dice.between(0, plan.workers - 1), signal, thawMs);
    }
  };
  const servers = async (): Promise<void> => {
    while (await rest(dice.between(plan.apiKillMs / 2, plan.apiKillMs * 1.5))) {
      const api = apis[dice.between(0, apis.length - 1)];
      const isFrozen = dice.chance(0.3);
      count(isFrozen ? 'SIGSTOP of an API' : 'SIGKILL of an API');
      if (isFrozen) await freeze(api, dice.between(200, API_FROZEN_MS));
      else await api?.kill().then(() => api.start(true));
    }
  };
  const running = [workers(), servers()];
  return {
    counts,
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}
