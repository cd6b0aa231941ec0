import { packedFiles } from '../pages/packed-files.ts';

/** The files of the dashboard beside the bundle; a bundle that holds this module gets them. */
export const packedUi = packedFiles('ui');
