/** What whoever submits a job may ask for at most; apart, since checks of calls need no more than this. */

/** Jobs that one job may depend on. */
export const MAX_DEPENDENCIES = 1_000;
/** Of one job, in all. */
export const MAX_ATTEMPTS = 100;
/** Exit codes after which it is tried again. */
export const MAX_EXIT_CODES = 50;
/** Before the second attempt. */
export const MAX_BACKOFF_SECONDS = 3_600;
