import fc from 'fast-check';

/**
 * Property tests draw the same samples on every quick run, so that a change is judged by what it
 * changed. FULL=1 draws fresh ones; PROPERTY_SEED repeats the run that a failure names.
 */
const named = process.env.PROPERTY_SEED;
const fresh = process.env.FULL === '1';

fc.configureGlobal({
  seed: named === undefined ? (fresh ? Date.now() % 2 ** 31 : 1) : Number(named),
});
