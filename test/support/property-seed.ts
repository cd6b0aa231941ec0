import fc from 'fast-check';

// Property tests draw the same samples on every quick run, so that a change is judged by what it
// changed. FULL=1 draws fresh ones; PROPERTY_SEED repeats the run that a failure names.
const seed = process.env.PROPERTY_SEED ?? (process.env.FULL === '1' ? undefined : '1');

if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) });
