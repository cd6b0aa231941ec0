import { shown, table } from '../frame/tables.ts';
import type { EvaluationRow } from './evaluation.ts';
import type { IngestRow } from './ingest.ts';
import type { ResultsGrowth } from './results.ts';
import { FLAGS_GOALS, type FlagsResults } from './suite.ts';

function evaluation({ flags, ours, peer, ratio, agreeing, people }: EvaluationRow): string {
  const rows = [
    ['Assay', ours],
    ['posthog-node', peer],
  ] as const;
  const speeds = table(
    [`${flags} flags`, 'people/s', 'p50 ms', 'p99 ms'],
    rows.map(([name, { perSecond, p50Ms, p99Ms }]) => [
      name,
      ...[perSecond, p50Ms, p99Ms].map(shown),
    ]),
  );
  return (
    `${speeds}\n\nAssay does ${shown(ratio.median)} times as many (${shown(ratio.least)} to ${shown(ratio.most)}; ` +
    `goal ≥ ${FLAGS_GOALS.evaluationRatio}), at p50 ≤ ${FLAGS_GOALS.evaluationMs} ms; ` +
    `both say the same of ${agreeing} of ${people} people.`
  );
}

const ingest = (rows: readonly IngestRow[]): string =>
  table(
    'events|of them|acknowledged/s|stored/s|CPU ms per 1,000|goal|RSS MB'.split('|'),
    rows.map((row) => [
      row.where,
      shown(row.events),
      shown(row.acknowledgedPerSecond),
      shown(row.storedPerSecond),
      shown(row.cpuMsPerThousand),
      `≤ ${FLAGS_GOALS.ingestCpuMs}`,
      shown(row.rssMb),
    ]),
  );

function results({ rows, exponent }: ResultsGrowth): string {
  const times = table(
    'a result of events|MB|first ms|next ms|people|RSS MB'.split('|'),
    rows.map((row) => [
      shown(row.events),
      ...[row.megabytes, row.firstMs, row.nextMs, row.people, row.rssMb].map(shown),
    ]),
  );
  return `${times}\n\nThe time grows with the events to the power of ${exponent} (goal ≤ ${FLAGS_GOALS.exponent}).`;
}

export const flagsReport = (of: FlagsResults): string =>
  `\n${[evaluation(of.evaluation), ingest(of.ingest), results(of.results)].join('\n\n')}\n\n${of.notes.join('\n')}\n`;
