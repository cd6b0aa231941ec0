/** The compiler's JavaScript API, which the compiler of this project no longer has, by the name of its package. */
export { ts as default } from '@ts-morph/common';
