/** What each function may do with items and objects: what its code does, and no more. */
import type { ObjectRight, Prefix } from './constructs/artifact-bucket.ts';
import type { ItemAction } from './constructs/data-table.ts';

export interface DataRights {
  readonly items: readonly ItemAction[];
  readonly objects: Readonly<Partial<Record<Prefix, readonly ObjectRight[]>>>;
}

const WHOLE_DOMAIN: readonly ItemAction[] = [
  'BatchGetItem',
  'BatchWriteItem',
  'ConditionCheckItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'UpdateItem',
];

export const RIGHTS = {
  api: {
    items: WHOLE_DOMAIN,
    objects: {
      runs: ['read', 'write', 'upload', 'remove', 'list'],
      bundles: ['read', 'write'],
      packed: ['read', 'write', 'upload'],
      snapshots: ['read', 'write'],
      drafts: ['read', 'write', 'remove'],
      workflows: ['read', 'write'],
      // What is too large for a message.
      events: ['read', 'write'],
    },
  },
  // Requeues and fails jobs, which changes their snapshots and the lists that they are in; removes for
  // good what people, or the retention of an experiment, want removed.
  sweep: {
    items: WHOLE_DOMAIN,
    objects: {
      runs: ['remove', 'list'],
      snapshots: ['read', 'write', 'remove'],
      // Uploads that no job has used.
      workflows: ['remove'],
    },
  },
  // The row of the pool, and tokens for its workers.
  launch: { items: ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'], objects: {} },
  // The row that says who packs; what a group's files take, its experiments and their runs.
  pack: {
    items: ['BatchGetItem', 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'],
    objects: { runs: ['read', 'list'], packed: ['read', 'write', 'upload'] },
  },
  // Marks, names of events, and who of the writers is at work.
  events: {
    items: ['BatchWriteItem', 'Query', 'UpdateItem'],
    objects: { events: ['read', 'write', 'remove', 'list'] },
  },
  // Marks of what is to be compacted; results, and what is to be worked out anew.
  results: {
    items: ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
    objects: { events: ['read', 'write', 'upload', 'remove', 'list'] },
  },
  // Projects, flags and who asks for them; the calls of a key, and who was seen first under another name.
  flags: { items: ['BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'], objects: {} },
  // Projects by their tokens; what is too large for a message.
  ingest: { items: ['GetItem'], objects: { events: ['write'] } },
  // Who asks, and about which experiment; events, and results that are kept.
  query: {
    items: ['GetItem', 'PutItem', 'Query', 'UpdateItem'],
    objects: { events: ['read', 'list'] },
  },
  // It answers with files that lie beside its code.
  web: { items: [], objects: {} },
  // An invitation.
  setup: { items: ['PutItem'], objects: {} },
} as const satisfies Readonly<Record<string, DataRights>>;
export type FunctionName = keyof typeof RIGHTS;
