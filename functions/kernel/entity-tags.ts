import { AppError, invalid } from './errors.ts';
import { isSameVersion, type Precondition } from './etag.ts';

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

/**
 * The precondition in a header; weak tags never match. `*` holds for all that a call changes, as far
 * as it `isThere`: for what has no versions, too. Throws `invalid` (`malformed_header`).
 */
export function parsePrecondition(value: string, isThere: boolean): Precondition {
  const wanted = parseTags('If-Match', value);
  const failed = (tags: readonly string[]): AppError =>
    new AppError('precondition_failed', 'If-Match names no version that there is now.', {
      detail: { current: tags },
    });
  let held = isThere && wanted === '*';
  return {
    require(...tags) {
      held =
        tags.length > 0 &&
        (wanted === '*' || tags.some((tag) => wanted.some((each) => isSameVersion(each, tag))));
      if (!held) throw failed(tags);
    },
    requireHeld() {
      if (!held) throw failed([]);
    },
  };
}
