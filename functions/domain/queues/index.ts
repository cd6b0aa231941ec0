export {
  changeQueue,
  createQueue,
  lockQueue,
  MAX_PRIORITY,
  poolOf,
  type Queue,
  type QueueData,
  queueKind,
} from './queues.ts';
