/**
 * Whether a path leads to something below where it starts, on any system and in any store:
 * slash-separated, no empty, `.` or `..` segment, no control character and no backslash.
 */
export const isInnerPath = (path: string): boolean =>
  path.isWellFormed() &&
  !/[\p{Cc}\\]/u.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
