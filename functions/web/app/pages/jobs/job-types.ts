import type { DioptraAnswer } from '../../data/api.ts';

/** As the API answers; what works on parts of them says which. */
export type Job = DioptraAnswer<'getJob'>;
export type Entrypoint = DioptraAnswer<'getEntrypoint'>;
