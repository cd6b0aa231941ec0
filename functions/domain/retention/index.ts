export { removeExperiment } from './remove-experiment.ts';
export { sweepRemovals } from './sweep-removals.ts';
