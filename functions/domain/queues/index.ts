export {
  changeQueue,
  createQueue,
  poolOf,
  type Queue,
  type QueueData,
  queueKind,
} from './queues.ts';
