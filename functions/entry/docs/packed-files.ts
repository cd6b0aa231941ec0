import { packedFiles } from '../pages/packed-files.ts';

/** The files of the page /docs beside the bundle; a bundle that holds this module gets them. */
export const packedDocs = packedFiles('docs');
