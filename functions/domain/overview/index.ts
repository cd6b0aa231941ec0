export { type GroupOverview, groupOverview } from './group-overview.ts';
export { countStorage, StorageTask } from './storage/count-storage.ts';
export { measureStorage, type Storage } from './storage/storage.ts';
