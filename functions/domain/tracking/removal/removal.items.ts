import { pad, prefix } from '#kernel/keys.ts';

/** How many days deleted runs of an experiment are kept, and the experiment itself when it is deleted. */
export const RETENTION_TAG = 'assay.retentionDays';
export const MAX_RETENTION_DAYS = 36_500;

export const removalKeys = {
  /** Runs and experiments that are to be removed for good, by since when. */
  removed: `${prefix.run}#REMOVED`,
  /** Experiments with a retention, by when to look at them. */
  retained: `${prefix.run}#RETAINED`,
  place: (on: number, id: string | number): string => `${pad(on)}#${id}`,
  until: (on: number): string => `${pad(on)}#~`,
};

/** What a row gets that is to be removed for good. */
export const removalOf = (on: number, id: string | number) => ({
  removedOn: on,
  gsi2pk: removalKeys.removed,
  gsi2sk: removalKeys.place(on, id),
});

/** The days that a value of the tag says; undefined for what says none. */
export function retentionDays(value: string | undefined): number | undefined {
  const days = value !== undefined && /^[1-9]\d{0,5}$/.test(value) ? Number(value) : 0;
  return days > 0 && days <= MAX_RETENTION_DAYS ? days : undefined;
}

/** Where the sweeper finds an experiment with a retention. */
export const retainedAt = (experimentId: number, lookOn: number) => ({
  gsi2pk: removalKeys.retained,
  gsi2sk: removalKeys.place(lookOn, experimentId),
});
