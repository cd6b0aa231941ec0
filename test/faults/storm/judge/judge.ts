import type { History, SeenJob } from '../collect.ts';
import type { Entry } from '../journal.ts';
import { judgeAttempts, type OfJob } from './attempts.ts';
import { judgeArtifacts, judgeLogs, type LogCounts } from './contents.ts';
import { isOfTheStorm, judgeCancels, judgeDependencies, judgeReasons } from './ends.ts';
import { judgeCalls, judgeSubmissions } from './submissions.ts';
import { judgeLimit, judgeTakeovers } from './times.ts';
import { newWrongs, type Wrongs } from './wrongs.ts';

/** What the judge has counted. */
export interface Verdict {
  readonly wrongs: Wrongs;
  readonly log: LogCounts;
  readonly artifacts: number;
  readonly cancels: number;
  readonly dependencies: number;
  /** Answers that asked to try again. */
  readonly passing: number;
  readonly slowestTakeoverMs: number;
  readonly mostOfLimited: number;
  /** Jobs that failed since a store was out of reach for too long. */
  readonly failedByStorm: number;
}

const isOfJob = (entry: Entry): entry is OfJob[number] => 'job' in entry;

/** Holds what clients and workers saw against what has become of it. */
export function judge(history: History): Verdict {
  const wrongs = newWrongs();
  const entries = Map.groupBy(history.entries.filter(isOfJob), ({ job }) => job);
  const submissions = new Map(history.submissions.map((one) => [one.description, one]));
  const entriesOf = ({ id }: SeenJob): OfJob => entries.get(id) ?? [];
  const submissionOf = (job: SeenJob) => submissions.get(job.description);
  const known = (job: SeenJob) => ({
    submission: submissionOf(job),
    entries: entriesOf(job),
    lines: submissionOf(job)?.wish.lines ?? 0,
  });
  judgeSubmissions(history, wrongs);
  judgeAttempts(history, known, wrongs);
  judgeReasons(history, submissionOf, wrongs);
  return {
    wrongs,
    log: judgeLogs(history, known, wrongs),
    artifacts: judgeArtifacts(history, wrongs),
    cancels: judgeCancels(history, wrongs),
    dependencies: judgeDependencies(history, known, wrongs),
    passing: judgeCalls(history, wrongs),
    slowestTakeoverMs: judgeTakeovers(history, entriesOf, wrongs),
    mostOfLimited: judgeLimit(history, entriesOf, wrongs),
    failedByStorm: [...history.jobs.values()].filter(isOfTheStorm).length,
  };
}
