export { type GroupOverview, groupOverview } from './group-overview.ts';
