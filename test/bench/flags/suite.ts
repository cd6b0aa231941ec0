/** The suite `flags`: what evaluates flags, takes events and works results out, judged by its goals. */
import { type EvaluationRow, measureEvaluation } from './evaluation.ts';
import { type IngestRow, measureIngest } from './ingest.ts';
import { measureResults, type ResultsGrowth } from './results.ts';

export interface FlagsOptions {
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export interface FlagsResults {
  readonly evaluation: EvaluationRow;
  readonly ingest: readonly IngestRow[];
  readonly results: ResultsGrowth;
  readonly notes: readonly string[];
}

export const FLAGS_GOALS = {
  /** Of 50 flags for one person, in milliseconds. */
  evaluationMs: 1,
  /** Evaluations a second, to those of PostHog's SDK for Node in the same run. */
  evaluationRatio: 1,
  /** Of a thousand events, in milliseconds of CPU; with storing them, where that is the same process. */
  ingestCpuMs: 100,
  /** Of the time of a result by the number of events. */
  exponent: 1,
} as const;

const FLAGS = 50;
/** A million events are what a goal is about; ten show that it goes on so. */
const SIZES = [100_000, 1_000_000, 10_000_000];

const NOTES = [
  `evaluation: ${FLAGS} flags of three variants and two conditions of two properties each, a pattern among them, for one person after the other; both in this process, in turn.`,
  'ingest: batches of 1,000 events in gzip over 4 connections; stored: until all lie in the object store.',
  'results: the mean of a sum by person, two variants, on 2 threads; a tenth of the events are exposures. First: nothing fetched yet.',
];

/** Runs the suite. */
export async function runFlags({ quick, signal, say }: FlagsOptions): Promise<FlagsResults> {
  say(`${FLAGS} flags, here and by PostHog's SDK`);
  const evaluation = await measureEvaluation({
    flags: FLAGS,
    rounds: quick ? 2 : 9,
    people: quick ? 100 : 2_000,
    signal,
  });
  const ingest = await measureIngest({ events: quick ? 2_000 : 200_000, signal, say });
  const results = await measureResults(quick ? [5_000, 20_000] : SIZES, signal, say);
  return { evaluation, ingest, results, notes: NOTES };
}

/** What missed its goal, each with its row. A short run is not judged by times. */
export function flagFailures(
  { evaluation, ingest, results }: FlagsResults,
  judged: boolean,
): readonly string[] {
  const disagreeing = evaluation.people - evaluation.agreeing;
  const wrong = [
    ...(disagreeing > 0 ? [`evaluation: ${disagreeing} people get other values here.`] : []),
    ...results.rows
      .filter(({ events, people }) => people !== Math.floor(events / 10))
      .map(({ events, people }) => `results: ${people} people of ${events} events.`),
  ];
  if (!judged) return wrong;
  const { p50Ms } = evaluation.ours;
  return [
    ...wrong,
    ...(p50Ms > FLAGS_GOALS.evaluationMs ? [`evaluation: p50 of ${p50Ms} ms.`] : []),
    ...(evaluation.ratio.median < FLAGS_GOALS.evaluationRatio
      ? [`evaluation: ${evaluation.ratio.median} times as many as the SDK.`]
      : []),
    ...ingest
      .filter(({ cpuMsPerThousand }) => cpuMsPerThousand > FLAGS_GOALS.ingestCpuMs)
      .map(({ where, cpuMsPerThousand }) => `ingest, ${where}: ${cpuMsPerThousand} ms of CPU.`),
    ...(results.exponent > FLAGS_GOALS.exponent
      ? [`results: they grow with the events to the power of ${results.exponent}.`]
      : []),
  ];
}
