import type { Analysis } from '#domain/stats/index.ts';
import type { Platform } from '#kernel/context.ts';
import { key, pad, prefix, ttlOf } from '#kernel/keys.ts';
import type { Attribute, Changes, Item, Key } from '#kernel/table.ts';
import { type Doc, hashOf, type StatsSettings } from '../metrics/index.ts';
import type { ExperimentWindow } from './window.ts';

/** Everything that a result depends on, as it is when it is asked for. */
export interface ResultRequest {
  readonly experimentId: number;
  readonly metricUuid: string;
  /** Of metric and experiment: another is another result. */
  readonly fingerprint: string;
  readonly metric: Doc;
  /** `endDate` is now, where the experiment goes on. */
  readonly window: ExperimentWindow;
  readonly stats: StatsSettings;
}

/**
 * Stands for what a result depends on and its fingerprint, which is PostHog's, does not hold: statistics, baseline,
 * covariates, who is left out.
 */
export function basisOf({ metric, window, stats }: ResultRequest): string {
  const { endDate: _end, asOf: _asOf, ...lasting } = window;
  return hashOf({ metric, window: lasting, stats });
}

export interface ResultPlace {
  readonly groupId: number;
  readonly experimentId: number;
  readonly fingerprint: string;
}

export const placeOf = ({ experimentId, fingerprint, window }: ResultRequest): ResultPlace => ({
  groupId: window.groupId,
  experimentId,
  fingerprint,
});

/** What became of a metric up to a time. Never without `computedOn`; a failure is one, and no empty result. */
export type StoredResult = {
  readonly metricUuid: string;
  /** Milliseconds since the epoch: up to when it knows the events. */
  readonly queryTo: number;
  readonly computedOn: number;
  /** Of all that it depends on beside time: see {@link basisOf}. */
  readonly basis?: string;
  /** It took more than an answer has: it is good for longer. */
  readonly isHeavy?: boolean;
} & (
  | { readonly status: 'completed'; readonly analysis: Analysis }
  | { readonly status: 'failed'; readonly error: string }
);

export type RecalculationStatus = 'pending' | 'in_progress' | 'completed' | 'failed';

/** Every day of a series, or the one result that took longer than an answer has. */
export type WorkKind = 'series' | 'latest';

/** What is worked out in the background. */
export interface Recalculation {
  readonly kind: WorkKind;
  readonly id: string;
  readonly status: RecalculationStatus;
  readonly createdOn: number;
  readonly updatedOn: number;
  /** How often somebody began it: who has another number is no longer at it. */
  readonly begun: number;
  readonly failures: number;
  /** Until when whoever has begun it is believed to be at it. */
  readonly leaseUntil: number;
  /** The last day is the day of its end, or today. */
  readonly goesOn: boolean;
  readonly request: ResultRequest;
}

const experiment = ({ groupId, experimentId }: Omit<ResultPlace, 'fingerprint'>): string =>
  `${prefix.project}#${groupId}#RESULTS#${experimentId}`;

export const resultKeys = {
  partition: experiment,
  /** Days of a series, by what they know. */
  days: ({ fingerprint }: Pick<ResultPlace, 'fingerprint'>): string => `D#${fingerprint}#`,
  day: (place: ResultPlace, queryTo: number): Key =>
    key(experiment(place), `${resultKeys.days(place)}${pad(queryTo)}`),
  latest: (place: ResultPlace): Key => key(experiment(place), `L#${place.fingerprint}`),
  work: (place: ResultPlace, kind: WorkKind): Key =>
    key(experiment(place), `${kind === 'series' ? 'R' : 'W'}#${place.fingerprint}`),
};

/** All recalculations that are not done, by when somebody must look. */
export const DUE = `${prefix.project}#RECALCULATIONS`;

/** What is stored of documents has no `undefined`, which the table drops by itself. */
const attribute = (value: unknown): Attribute => value as Attribute;

export const resultItem = (at: Key, result: StoredResult): Item => ({
  ...at,
  type: 'experiment_result',
  ...(attribute(result) as object),
});

/** What is asked again and again is there again: metrics that somebody tried once need not stay. */
const LATEST_DAYS = 30;

export const latestItem = (place: ResultPlace, result: StoredResult): Item => ({
  ...resultItem(resultKeys.latest(place), result),
  ttl: ttlOf(result.computedOn + LATEST_DAYS * 86_400_000),
});

export function readResult(item: Item): StoredResult {
  const { pk: _pk, sk: _sk, type: _type, ttl: _ttl, ...result } = item;
  return result as unknown as StoredResult;
}

const dueOn = (place: ResultPlace, on: number) => ({
  gsi1pk: DUE,
  gsi1sk: `${pad(on)}#${place.groupId}#${place.experimentId}#${place.fingerprint}`,
});

export const isUnderWay = ({ status }: Recalculation): boolean =>
  status === 'pending' || status === 'in_progress';

/** What somebody is to begin with. */
export const newWork = (
  { ids, clock }: Pick<Platform, 'ids' | 'clock'>,
  work: Pick<Recalculation, 'kind' | 'goesOn' | 'request'>,
): Recalculation => ({
  ...work,
  ...{ id: ids.uuid(), status: 'pending', begun: 0, failures: 0, leaseUntil: 0 },
  createdOn: clock.now(),
  updatedOn: clock.now(),
});

export function recalculationItem(recalculation: Recalculation): Item {
  const place = placeOf(recalculation.request);
  return {
    ...resultKeys.work(place, recalculation.kind),
    ...dueOn(place, recalculation.createdOn),
    type: 'experiment_recalculation',
    ...(attribute(recalculation) as object),
  };
}

export function readRecalculation(item: Item): Recalculation {
  const { pk: _pk, sk: _sk, type: _type, gsi1pk: _g, gsi1sk: _s, ...row } = item;
  return row as unknown as Recalculation;
}

/** Somebody begins; others look again when it should be over. */
export const beginChanges = (place: ResultPlace, now: number, leaseMs: number): Changes => ({
  set: {
    ...dueOn(place, now + leaseMs),
    status: 'in_progress',
    updatedOn: now,
    leaseUntil: now + leaseMs,
  },
  add: { begun: 1 },
});

/** Back to where somebody begins again at that time. */
export const againChanges = (
  place: ResultPlace,
  now: number,
  { on, failures }: { readonly on: number; readonly failures: number },
): Changes => ({
  set: { ...dueOn(place, on), status: 'pending', updatedOn: now, leaseUntil: 0 },
  add: { failures },
});

export const endChanges = (status: 'completed' | 'failed', now: number): Changes => ({
  set: { status, updatedOn: now, leaseUntil: 0 },
  remove: ['gsi1pk', 'gsi1sk'],
});
