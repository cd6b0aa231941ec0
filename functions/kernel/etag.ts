import { AppError, invalid } from './errors.ts';

/**
 * Versions of things as HTTP knows them: strong entity tags. A tag names a version, not bytes: two
 * answers of one version may differ in what is shown of others (names of users, say).
 */
export const etagOf = (...version: readonly (string | number)[]): string =>
  `"${version.join('.')}"`;

/** What `If-Match` and `If-None-Match` hold: `*`, or tags as they were sent. */
export type TagList = '*' | readonly string[];

const ONE = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const LIST = new RegExp(`^[ \\t]*${ONE}(?:[ \\t]*,[ \\t]*${ONE})*[ \\t]*$`);

/** The tags of a header. Throws `invalid` (`malformed_header`). */
export function parseTags(name: string, value: string): TagList {
  if (value.trim() === '*') return '*';
  if (!LIST.test(value)) {
    throw invalid(
      'malformed_header',
      `${name}: must be "*" or a list of entity tags in double quotes, as the header ETag shows them.`,
    );
  }
  return value.match(new RegExp(ONE, 'g')) ?? [];
}

/** Whether a version is among those that `If-None-Match` names; weak tags count. */
export const isKnown = (tags: TagList, tag: string): boolean =>
  tags === '*' || tags.some((each) => each.replace(/^W\//, '') === tag);

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

/** The precondition in a header; weak tags never match. Throws `invalid` (`malformed_header`). */
export function parsePrecondition(value: string): Precondition {
  const wanted = parseTags('If-Match', value);
  const failed = (tags: readonly string[]): AppError =>
    new AppError('precondition_failed', 'If-Match names no version that there is now.', {
      detail: { current: tags },
    });
  let held = false;
  return {
    require(...tags) {
      held = tags.length > 0 && (wanted === '*' || tags.some((tag) => wanted.includes(tag)));
      if (!held) throw failed(tags);
    },
    requireHeld() {
      if (!held) throw failed([]);
    },
  };
}
