import type { Dice } from './dice.ts';
import type { CallRates, StoreRates, WorkerOptions } from './options.ts';

/** How large a storm is, and how bad. */
export interface StormPlan {
  readonly name: string;
  readonly seed: number;
  readonly jobs: number;
  readonly workers: number;
  readonly concurrency: number;
  readonly lease: { readonly seconds: number; readonly heartbeatSeconds: number };
  readonly sweepMs: number;
  /** Clocks of the processes of the API, ahead of the right time. */
  readonly skewsMs: readonly number[];
  /** Most jobs that wait before no more are submitted. */
  readonly crowd: number;
  /** Jobs of the second group at work at a time. */
  readonly limit: number;
  readonly stores: StoreRates;
  readonly calls: CallRates;
  readonly points: WorkerOptions['points'];
  /** Between two signals that the storm sends to some worker. */
  readonly signalMs: number;
  /** Between two kills of a process of the API. */
  readonly apiKillMs: number;
}

/** One job as it is to be submitted. */
export interface Wish {
  readonly number: number;
  /** In the group with the limit. */
  readonly limited: boolean;
  /** Index into the queues of the group. */
  readonly queue: number;
  readonly lines: number;
  readonly seconds: number;
  /** Exit codes of the attempts, the last for all that follow. */
  readonly codes: readonly number[];
  readonly retry?: { readonly attempts: number; readonly exitCodes: readonly number[] };
  readonly queueTimeout?: string;
  readonly timeout?: string;
  /** How many earlier jobs of its group it depends on. */
  readonly dependencies: number;
  readonly cancelAfterMs?: number;
  /** Submitted once and without a key: nobody knows what became of it when there is no answer. */
  readonly once: boolean;
  /** Breaks a rule, so that it must be refused. */
  readonly broken: boolean;
}

/** An exit code after which policies try again; any other fails the job. */
const PASSING = 3;
const FINAL = 7;

function codesOf(dice: Dice): readonly number[] {
  const roll = dice.fraction();
  if (roll < 0.8) return [0];
  if (roll < 0.86) return [FINAL];
  if (roll < 0.93) return [PASSING, 0];
  if (roll < 0.97) return [PASSING, PASSING, 0];
  return [PASSING];
}

function wish(number: number, dice: Dice): Wish {
  const codes = codesOf(dice);
  const hasPolicy = codes[0] === PASSING || dice.chance(0.1);
  const retry = { attempts: dice.between(1, 4), exitCodes: [PASSING] };
  return {
    number,
    limited: dice.chance(0.2),
    queue: dice.between(0, 2),
    lines: dice.between(0, 12),
    seconds: dice.chance(0.15) ? dice.between(1, 12) / 4 : 0,
    codes,
    ...(hasPolicy ? { retry } : {}),
    ...(dice.chance(0.05) ? { queueTimeout: `${dice.between(1, 8)}s` } : {}),
    ...(dice.chance(0.03) ? { timeout: '1s' } : {}),
    dependencies: dice.chance(0.2) ? dice.pick([1, 1, 1, 2, 3, 8]) : 0,
    ...(dice.chance(0.08) ? { cancelAfterMs: dice.between(0, 4_000) } : {}),
    once: dice.chance(0.08),
    broken: dice.chance(0.02),
  };
}

/** All jobs of a storm, the same for the same seed. */
export function wishesOf({ seed, jobs }: Pick<StormPlan, 'seed' | 'jobs'>, dice: Dice) {
  return Array.from({ length: jobs }, (_, at) => wish(at, dice.fork(`job ${seed} ${at}`)));
}
