import { shown, table } from '../frame/tables.ts';
import type { Workers } from './cluster.ts';
import type { CountedJob } from './one-job.ts';
import type { Latency, Row } from './row.ts';
import { JOB_GOALS, type JobsResults } from './suite.ts';
import type { MemoryUse } from './watch.ts';

const nameOf = ({ processes, slots }: Workers): string => `${processes} × ${slots}`;
const latency = ({ p50Ms, p99Ms }: Latency): string => `${shown(p50Ms)} / ${shown(p99Ms)}`;

function throughput(rows: readonly Row[]): string {
  const header =
    'workers|jobs|submits/s|p50 / p99 ms|jobs/s|together|API CPU ms/submit|API ms/job|worker ms/job|programs ms/job';
  return table(
    header.split('|'),
    rows.map(({ workers, jobs, submit, drain, together }) => [
      nameOf(workers),
      shown(jobs),
      shown(submit.perSecond),
      latency(submit),
      shown(drain.perSecond),
      shown(together.perSecond),
      shown(submit.apiCpuMsPerJob),
      shown(drain.apiCpuMsPerJob),
      shown(drain.workerCpuMsPerJob),
      shown(drain.programCpuMsPerJob),
    ]),
  );
}

const pickups = (rows: readonly Row[]): string =>
  table(
    'workers|answered to claimed, p50 / p99 ms|to the start of its program|to the end'.split('|'),
    rows.map(({ workers, pickup: { claimed, started, ended } }) => [
      nameOf(workers),
      ...[claimed, started, ended].map(latency),
    ]),
  );

function memory(rows: readonly Row[]): string {
  const line = (what: string, of: MemoryUse): string[] => [
    what,
    ...[of.mbAt10, of.mbAt50, of.mbAt100, of.mbPerThousandJobs].map(shown),
  ];
  return table(
    'RSS MB|at 10 %|at 50 %|at 100 %|per 1,000 jobs in the second half'.split('|'),
    rows.flatMap(({ workers, drain }) => [
      line(`${nameOf(workers)}: API`, drain.apiMemory),
      line(`${nameOf(workers)}: workers`, drain.workerMemory),
    ]),
  );
}

function counted(rows: readonly Row[]): string {
  const header = 'workers|finished|lost|repeated|lines|artifacts|messages left|read back|files MB';
  return table(
    header.split('|'),
    rows.map(({ workers, verified, fileMb }) => [
      nameOf(workers),
      ...[verified.finished, verified.lost, verified.repeated].map(shown),
      ...[verified.lines, verified.artifacts, verified.messages, verified.sampled].map(shown),
      Object.entries(fileMb)
        .map(([name, mb]) => `${name} ${mb}`)
        .join(', '),
    ]),
  );
}

function units(job: CountedJob): string {
  const calls = job.workerCalls + job.messageCalls;
  return table(
    ['one job', 'counted', 'goal'],
    [
      ['write units', shown(job.writeUnits), `≤ ${JOB_GOALS.writeUnits}`],
      ['read units', shown(job.readUnits), '–'],
      ['calls of the worker and of the queue', shown(calls), `≤ ${JOB_GOALS.calls}`],
      ['  of the worker', shown(job.workerCalls), ''],
      ['  of the queue', shown(job.messageCalls), ''],
      ['calls of the table', shown(job.tableCalls), '–'],
    ],
  );
}

export function jobsReport({ rows, oneJob, notes }: JobsResults): string {
  const parts = [throughput(rows), pickups(rows), memory(rows), counted(rows), units(oneJob)];
  const calls = oneJob.calls.map((call) => `  ${call}`).join('\n');
  return `\n${parts.join('\n\n')}\n\nThe worker's calls:\n${calls}\n\n${notes.join('\n')}\n`;
}
