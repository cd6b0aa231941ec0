import { hash } from 'node:crypto';

/** 2^60: the nearest double to the largest number of 15 hexadecimal digits. */
const SCALE = 2 ** 60;

/** A number of [0, 1] that is always the same for a text and evenly spread over texts. */
const fraction = (text: string): number =>
  Number.parseInt(hash('sha1', text, 'hex').slice(0, 15), 16) / SCALE;

/** Where someone stands in the order in which a flag is rolled out. */
export const rolloutHash = (flagKey: string, identifier: string): number =>
  fraction(`${flagKey}.${identifier}`);

/** Where someone stands among the variants of a flag. */
export const variantHash = (flagKey: string, identifier: string): number =>
  fraction(`${flagKey}.${identifier}variant`);

/** It knows no flag: who is held out is so for all flags alike. */
export const holdoutHash = (identifier: string): number => fraction(`holdout-${identifier}`);

export const isWithin = (percentage: number, at: () => number): boolean =>
  percentage >= 100 || at() <= percentage / 100;
