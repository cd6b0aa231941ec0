import { invalid } from '#kernel/errors.ts';
import { MAX_RETENTION_DAYS, RETENTION_TAG, retentionDays } from '../removal/removal.items.ts';
import { cut, type Entry, invalidValue, requireKey, storedValue } from '../schemas.ts';

const MAX_VALUE = 20_000;

/** A tag of an experiment; `path` says where in the call it was. Throws `invalid`. */
export function checkedTag({ key, value }: Entry, path: string): Entry {
  requireKey(key, `${path}key`, `${path}key`);
  if (cut(value, MAX_VALUE) !== value) {
    throw invalid(
      'too_long',
      `'${path}value' exceeds the maximum length of ${MAX_VALUE} characters`,
    );
  }
  if (key === RETENTION_TAG && retentionDays(value) === undefined) {
    const why = `Use a whole number of days from 1 to ${MAX_RETENTION_DAYS}`;
    throw invalidValue(`${path}value`, value, why);
  }
  return { key, value: storedValue(value, `${path}value`, MAX_VALUE) };
}

/** A new experiment is made in one transaction with its tags. */
const MAX_NEW_BYTES = 512 * 1024;

/** The tags of a new experiment; the last of equal names counts. */
export function checkedTags(tags: readonly Entry[]): readonly Entry[] {
  const bytes = tags.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  if (bytes > MAX_NEW_BYTES) {
    const why = `They are longer than ${MAX_NEW_BYTES} characters together: set some of them later`;
    throw invalidValue('tags', 'not shown', why);
  }
  const checked = tags.map((tag, index) => checkedTag(tag, `tags[${index}].`));
  return [...new Map(checked.map((tag) => [tag.key, tag])).values()];
}
