import { type Entry, MAX_RUN_TIME } from '#domain/tracking/index.ts';
import { invalid } from '#kernel/errors.ts';
import { isRunId } from '#kernel/ids.ts';
import { key, pad, prefix } from '#kernel/keys.ts';
import { itemSize } from '#kernel/size.ts';
import type { Attribute, Item, Key } from '#kernel/table.ts';
import { type Assessment, entryOf, RUN_METADATA, type Trace } from './schemas.ts';

/** Everything of a trace but its files is one item of at most so many bytes. */
const MAX_TRACE_BYTES = 64 * 1024;

const ofExperiment = (experimentId: number): string => `${prefix.trace}#EXP#${experimentId}`;

/** Latest first, then by id. */
const place = ({ time, id }: Pick<Trace, 'time' | 'id'>): string =>
  `${pad(MAX_RUN_TIME - time)}#${id}`;

export const traceKeys = {
  /** Tells where the row of a trace is, and guards its id. */
  pointer: (id: string): Key => key(`${prefix.trace}#${id}`, 'TRACE'),
  /** The traces of an experiment, the latest first. */
  ofExperiment,
  row: (trace: Pick<Trace, 'experimentId' | 'time' | 'id'>): Key =>
    key(ofExperiment(trace.experimentId), place(trace)),
  /** The places of those of them that belong to a run. */
  ofRun: (experimentId: number, runId: string): string =>
    `${ofExperiment(experimentId)}#RUN#${runId}`,
  /** The first place of traces that are not later than a time. */
  notAfter: (time: number): string => pad(MAX_RUN_TIME - time),
  /** Above all places of traces that are not earlier than a time. */
  notBefore: (time: number): string => `${pad(MAX_RUN_TIME - time)}$`,
};

/** What guards a trace, and where its row is. */
export interface Pointer {
  readonly id: string;
  readonly experimentId: number;
  readonly groupId: number;
  readonly jobId?: number;
  readonly time: number;
}

export const pointerOf = ({ id, experimentId, groupId, jobId, time }: Pointer): Pointer => ({
  id,
  experimentId,
  groupId,
  time,
  ...(jobId === undefined ? {} : { jobId }),
});

export const pointerItem = (trace: Pointer): Item => ({
  ...traceKeys.pointer(trace.id),
  ...pointerOf(trace),
});

export const readPointer = (item: Item): Pointer => pointerOf(item as unknown as Pointer);

type Pair = readonly [string, string];
const pairs = (list: readonly Entry[]): readonly Pair[] =>
  list.map(({ key: name, value }) => [name, value]);
const readPairs = (list: Attribute | undefined): readonly Entry[] =>
  ((list ?? []) as unknown as readonly Pair[]).map(([name, value]) => ({ key: name, value }));

/** The item of a trace; `version` counts its changes. Throws `invalid` (`trace_too_large`). */
export function traceItem(trace: Trace, version: number): Item {
  const { metadata, tags, assessments, ...rest } = trace;
  const item: Item = {
    ...traceKeys.row(trace),
    ...rest,
    version,
    metadata: pairs(metadata),
    tags: pairs(tags),
    assessments: assessments.map((assessment) => JSON.stringify(assessment)),
  };
  if (itemSize(item) <= MAX_TRACE_BYTES) return item;
  throw invalid(
    'trace_too_large',
    `Tags, metadata and assessments of a trace are limited to ${MAX_TRACE_BYTES} bytes together.`,
  );
}

export function readTrace(item: Item): Trace {
  const { pk: _pk, sk: _sk, version: _version, metadata, tags, assessments, ...rest } = item;
  return {
    ...(rest as unknown as Trace),
    metadata: readPairs(metadata),
    tags: readPairs(tags),
    assessments: ((assessments ?? []) as readonly string[]).map(
      (text): Assessment => JSON.parse(text),
    ),
  };
}

/** The runs that a trace belongs to: the one that it was made in, and those it was linked to. */
export const runsOf = ({ metadata, runs }: Trace): readonly string[] => {
  const own = entryOf(metadata, RUN_METADATA);
  return [...new Set([...(own !== undefined && isRunId(own) ? [own] : []), ...runs])];
};

/** The place of a trace among those of a run. */
export const runItem = (trace: Trace, runId: string): Item => ({
  pk: traceKeys.ofRun(trace.experimentId, runId),
  sk: traceKeys.row(trace).sk,
});
