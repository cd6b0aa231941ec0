import type { Key } from './table.ts';

/**
 * Every prefix of the table in one place. Keys of an entity are built from these in its
 * `*.items.ts`; functions/README.md has the map with sizes and costs.
 */
export const prefix = {
  /** Counters and other single rows of the deployment. */
  system: 'SYS',
  /** A unique name: of a user, a resource in its group, a file in its plugin. */
  name: 'NAME',
  user: 'USR',
  group: 'GRP',
  session: 'SES',
  invitation: 'INV',
  /** Wrong passwords under a name. */
  tries: 'TRY',
  workerToken: 'WTK',
  /** What a worker's call for any job of its pool got. */
  call: 'CALL',
  /** An archive with an MLproject file that is uploaded for jobs to come. */
  workflow: 'WFL',
  /** Places for running jobs of a group that may have only so many. */
  slots: 'SLOT',
  /** Jobs that wait for the end of a job. */
  dependants: 'DEP',
  /** What the launchers of a worker pool share. */
  pool: 'POOL',
  resource: 'RES',
  list: 'LIST',
  tag: 'TAG',
  /** What somebody means to make, or to change a resource into. */
  draft: 'DRF',
  /** The log of a job. */
  log: 'LOG',
  run: 'RUN',
  /** What is known of a trace, and the traces of an experiment. */
  trace: 'TRC',
  /** Registered models and their versions. */
  registry: 'REG',
  /** A model that a run logged. */
  loggedModel: 'LGM',
  /** What the files of a group take. */
  storage: 'STO',
  /** An archive that is being made. */
  packing: 'PACK',
  /** Who changed what: of a group, or of the deployment. */
  audit: 'AUDIT',
  /** What a group is as a project of feature flags and A/B tests, and what is in it. */
  project: 'PRJ',
  /** Events of a project: names, what is to be compacted, who stores them. */
  events: 'EVT',
  /** Calls of a token in an hour. */
  rate: 'RATE',
  /** The call that a caller's idempotency key stands for. */
  keptCall: 'KEPT',
} as const;

/** Decimal with leading zeros, so that text order is numeric order up to 10^14. */
export const pad = (value: number): string => String(value).padStart(15, '0');

export const key = (pk: string, sk: string): Key => ({ pk, sk });

/** The attribute `ttl` of what ends at a time (milliseconds): rows stay a day longer, as TTL only tidies up. */
export const ttlOf = (endsOn: number): number => Math.ceil(endsOn / 1000) + 86_400;
