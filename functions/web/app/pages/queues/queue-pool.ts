import type { DioptraAnswer } from '../../data/api.ts';
import type { Overview } from '../home/overview-query.ts';

export type Queue = DioptraAnswer<'getQueue'>;
export type Pool = Overview['pools'][number];

const FALLBACK = 'default';

/** The pool whose workers run the jobs of a queue: the one of its name, else the pool `default`. */
export const poolOf = (queue: string, pools: readonly Pool[]): Pool | undefined =>
  pools.find(({ name }) => name === queue) ?? pools.find(({ name }) => name === FALLBACK);
