/** Whose file it is: that of the package swagger-ui-dist, or ours in `functions/web/docs`. */
type Origin = 'package' | 'web';

/** All that the page /docs loads; no other name leads to a file. */
export const PAGE_FILES: ReadonlyMap<string, Origin> = new Map([
  ['swagger-ui-bundle.js', 'package'],
  ['swagger-ui.css', 'package'],
  // What its licences ask to go along with it.
  ['swagger-ui-bundle.js.LICENSE.txt', 'package'],
  ['LICENSE', 'package'],
  ['NOTICE', 'package'],
  ['docs.js', 'web'],
  ['docs.css', 'web'],
  ['icon.svg', 'web'],
]);
