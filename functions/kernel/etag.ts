import { hash } from 'node:crypto';

/**
 * Versions of things as HTTP knows them: strong entity tags. A tag names a version, not bytes: two
 * answers of one version may differ in what is shown of others (names of users, say).
 */
export const etagOf = (...version: readonly (string | number)[]): string =>
  `"${version.join('.')}"`;

/** A part for what a version shows of others that have no numbers of their own. */
export const digestOf = (shown: unknown): string =>
  hash('sha256', JSON.stringify(shown), 'base64url').slice(0, 16);

const BESIDE = /\+\d+"$/;

/** The tag of an answer that also shows what no writer minds: how often that changed. */
export const withBeside = (tag: string, changes: number): string =>
  changes === 0 ? tag : `${tag.slice(0, -1)}+${changes}"`;

/** Whether a writer who expects one of the tags finds it in the other, whatever is shown beside. */
export const isSameVersion = (one: string, other: string): boolean =>
  one.replace(BESIDE, '"') === other.replace(BESIDE, '"');

/** What `If-Match` asks of a write. */
export interface Precondition {
  /**
   * Throws `precondition_failed` unless it names one of these versions, those of all that is about
   * to be changed. The write itself must then be refused when the version is no longer this one.
   */
  require(...tags: readonly string[]): void;
  /** Throws `precondition_failed` unless something was found to match. */
  requireHeld(): void;
}
