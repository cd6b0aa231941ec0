export { type Launch, type LaunchReport, launchWorkers } from './launch.ts';
