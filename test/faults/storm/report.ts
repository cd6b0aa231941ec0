import { FAULT_POINTS } from '#worker/faults.ts';
import type { SeenJob } from './collect.ts';
import type { Counts } from './faulty-ports.ts';
import { addCounts } from './fleet.ts';
import type { Entry } from './journal.ts';
import type { Verdict } from './judge/judge.ts';
import type { StormEnd } from './storm.ts';

const tally = (names: Iterable<string>): Counts => {
  const counts: Counts = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

const told = (counts: Counts): string =>
  Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

const endOf = ({ status, reason }: SeenJob): string =>
  status === 'failed' ? `failed (${reason})` : status;

const faultsIn = (entries: readonly Entry[]) => entries.filter((entry) => entry.e === 'fault');
const isPoint = (at: string): boolean => (FAULT_POINTS as readonly string[]).includes(at);

function byPoint(entries: readonly Entry[]): readonly string[] {
  const faults = faultsIn(entries);
  const row = (point: string): string => {
    const own = faults.filter(({ at }) => at === point);
    const counts = ['kill', 'freeze', 'stop'].map(
      (kind) => own.filter((fault) => fault.kind === kind).length,
    );
    return [point, ...counts].join(' | ');
  };
  return ['fault point | killed | frozen | stopped', ...FAULT_POINTS.map(row)];
}

/** What a storm did and what it left, as a table. */
export function reportOf({ history, faults, stormMs, calmMs, stuck }: StormEnd, verdict: Verdict) {
  const jobs = [...history.jobs.values()];
  const { entries, plan } = history;
  const lines = faultsIn(entries).filter(({ at }) => !isPoint(at));
  const injected = addCounts(faults, tally(lines.map(({ kind, at }) => `${kind} ${at}`)));
  const attempts = jobs.reduce((sum, { attempt }) => sum + attempt, 0);
  const rows: readonly (readonly [string, string | number])[] = [
    ['seed', plan.seed],
    ['seconds of storm, of calm', `${(stormMs / 1000).toFixed(0)}, ${(calmMs / 1000).toFixed(1)}`],
    ['submissions', told(tally(history.submissions.map(({ outcome }) => outcome)))],
    ['jobs', jobs.length],
    ['ends', told(tally(jobs.map(endOf)))],
    ['attempts', attempts],
    ['failed since a store was away for too long', verdict.failedByStorm],
    ['faults', told(injected)],
    ['answers that asked to try again', verdict.passing],
    ['lines acknowledged', verdict.log.acknowledged],
    ['lines lost, doubled', `${verdict.log.lost}, ${verdict.log.doubled}`],
    ['files acknowledged', entries.filter(({ e }) => e === 'stored').length],
    ['artifacts whole', verdict.artifacts],
    ['cancels that held', verdict.cancels],
    ['dependencies kept', verdict.dependencies],
    ['most at work of the limited group', `${verdict.mostOfLimited} of ${plan.limit}`],
    ['slowest takeover (ms)', Math.round(verdict.slowestTakeoverMs)],
    ['slowest sweep (ms)', history.slowestSweepMs],
    ['stuck', stuck.length],
    ['wrongs', told(Object.fromEntries(verdict.wrongs.counts))],
  ];
  const table = rows.map((row) => row.join(' | '));
  return [`A storm over ${plan.name}:`, ...table, '', ...byPoint(entries)].join('\n');
}
